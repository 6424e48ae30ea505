import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoAuditEntries, dynamoAuditTrail } from '../../../shared/adapters/dynamo/audit.ts'
import type { AuditEntry } from '../../../shared/domain/audit.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { AuditEntries, AuditTrail } from '../../../shared/ports/audit-trail.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { inMemoryAuditTrail } from '../../support/in-memory/audit-trail.ts'

const start = Date.parse('2026-11-23T09:00:00.000Z')
const entryOf = (subject: string, seconds: number, id = 'id-1'): AuditEntry => ({
  ...{ subject, at: epochMilliseconds(start + seconds * 1_000), id, by: 'olga', action: 'release-planned' },
  details: { manifest: 'abc', results: 12 },
})

/** What any audit trail promises to its readers. */
const contract = (trail: () => AuditTrail & AuditEntries) => {
  const fill = async (subject: string, count: number) => {
    const entries = Array.from({ length: count }, (_, index) => entryOf(subject, index))
    for (const entry of entries.toReversed()) await trail().write(entry)
    return entries
  }

  test('a subject nobody wrote about has no entries', async () => {
    expect(await trail().page('release/nobody')).toEqual({ entries: [] })
  })

  test('entries come oldest first, and none of another subject', async () => {
    const mine = await fill('release/mine', 3)
    await fill('release/mine-too', 1)
    expect(await trail().page('release/mine')).toEqual({ entries: mine })
  })

  test('two entries of one instant are both there, whatever their ids hold', async () => {
    for (const id of ['a#b', 'approve-release/forbidden/olga']) await trail().write(entryOf('release/twice', 0, id))
    const { entries } = await trail().page('release/twice')
    expect(entries.map(({ id }) => id)).toEqual(['a#b', 'approve-release/forbidden/olga'])
  })

  test('page by page, every entry is read once', async () => {
    const all = await fill('release/long', 230)
    const read: AuditEntry[] = []
    const sizes: number[] = []
    let next: string | undefined
    do {
      const page = await trail().page('release/long', next)
      read.push(...page.entries)
      sizes.push(page.entries.length)
      next = page.next
    } while (next !== undefined)
    expect(read).toEqual(all)
    expect(sizes).toEqual([100, 100, 30])
  })
}

describe('an audit trail in memory', () => {
  const trail = inMemoryAuditTrail()
  contract(() => trail)
})

describe('an audit trail in DynamoDB', () => {
  let tables: TestTables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables?.stop())
  contract(() => ({
    ...dynamoAuditTrail(tables.client, tables.tableNames.audit),
    ...dynamoAuditEntries(tables.client, tables.tableNames.audit),
  }))
})
