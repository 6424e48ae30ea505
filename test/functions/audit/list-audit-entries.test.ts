import { expect, test } from '@jest/globals'
import { listAuditEntriesHandler } from '../../../functions/audit/list-audit-entries/handler.ts'
import { listAuditEntries } from '../../../functions/audit/list-audit-entries/list-audit-entries.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import { httpEvent, send } from '../../support/http-event.ts'
import { inMemoryAuditTrail } from '../../support/in-memory/audit-trail.ts'

const userArn = 'arn:aws:sts::000000000000:assumed-role/operator/piet'

const setUp = async (count: number) => {
  const trail = inMemoryAuditTrail()
  for (let second = 0; second < count; second++) {
    await trail.write({
      subject: 'release/one',
      at: epochMilliseconds(Date.parse('2026-11-23T09:00:00Z') + second * 1_000),
      id: `id-${second}`,
      by: 'olga',
      action: 'release-planned',
      details: { manifest: `m-${second}`, results: second },
    })
  }
  const handler = listAuditEntriesHandler(listAuditEntries({ entries: trail }))
  return {
    trail,
    ask: (query: Record<string, string>) => send(handler, httpEvent('listAuditEntries', { userArn, query })),
  }
}

test('who did what is shown, oldest first and page by page', async () => {
  const { ask } = await setUp(101)
  const first = await ask({ subject: 'release/one' })
  expect(first.statusCode).toBe(200)
  const { entries, next } = first.json as { entries: object[]; next: string }
  expect(entries).toHaveLength(100)
  expect(entries[0]).toEqual({
    at: '2026-11-23T09:00:00.000Z',
    by: 'olga',
    action: 'release-planned',
    details: { manifest: 'm-0', results: 0 },
  })
  const second = await ask({ subject: 'release/one', after: next })
  expect(second.json).toMatchObject({ entries: [{ details: { manifest: 'm-100' } }] })
  expect(second.json).not.toHaveProperty('next')
})

test.each([{}, { subject: '' }])(
  'a request without input (%j) is refused with the name of the missing field',
  async (query) => {
    const { ask } = await setUp(0)
    expect(await ask(query as Record<string, string>)).toMatchObject({
      statusCode: 400,
      json: { code: 'malformed-request', fields: [{ path: 'subject', code: 'required' }] },
    })
  },
)

test('what can be no key of the table is answered without asking it', async () => {
  const { trail, ask } = await setUp(1)
  trail.page = () => Promise.reject(new Error('asked'))
  for (const query of [{ subject: 'x'.repeat(201) }, { subject: 'release/one', after: 'x'.repeat(201) }])
    expect(await ask(query)).toMatchObject({ statusCode: 200, json: { entries: [] } })
})

test('an empty cursor is the first page', async () => {
  const { ask } = await setUp(1)
  expect((await ask({ subject: 'release/one', after: '' })).json).toMatchObject({ entries: [{ by: 'olga' }] })
})
