import { describe, expect, test } from '@jest/globals'
import { showStatementHandler } from '../../../functions/results/show-statement/handler.ts'
import { showStatement } from '../../../functions/results/show-statement/show-statement.ts'
import type { Centre } from '../../../shared/domain/centre.ts'
import type { EmbargoFacts } from '../../../shared/domain/embargo.ts'
import type { ResultVersion } from '../../../shared/domain/result.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { HttpResult } from '../../../shared/lambda/http-event.ts'
import { listResults } from '../../../shared/protocols/list-results.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret } from '../../support/http-event.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { recordingLog } from '../../support/log.ts'
import { sampleAccount, sampleEntry, sampleWindowRules } from '../../support/samples.ts'

const instant = epochMilliseconds(Date.parse('2026-11-23T09:00:00.000Z'))
const ownSession = '2026-11-b2-first-digital'
type Facts = Pick<EmbargoFacts, 'release' | 'opening'>
const open: Facts = {
  release: { releaseId: 'release-1', state: 'released' },
  opening: { releaseId: 'release-1', releasedAt: instant },
}
const approved: Facts = { release: { releaseId: 'release-1', state: 'approved' }, opening: undefined }
const held: Facts = { ...open, release: { releaseId: 'release-1', state: 'held' } }
const result = (changes: Partial<ResultVersion> = {}): ResultVersion => ({
  idNumber: 'ABC12345',
  version: 1,
  session: ownSession,
  state: 'final',
  payload: { grade: 'GRADE-CANARY', skills: [] },
  digest: 'digest',
  sealedFor: 'release-1',
  visibleFrom: instant,
  ...changes,
})

const ask = async ({
  versions = [result()],
  facts = open,
  now = '2026-11-23T09:00:00.000Z',
  session = ownSession,
  centre = { centreNumber: 'ES123', name: 'Colegio Añil' } as Centre,
}: {
  versions?: readonly ResultVersion[]
  facts?: Facts
  now?: string
  session?: string
  centre?: Centre
}) => {
  const calls: string[] = []
  const { entries } = inMemoryEntries({ entry: sampleEntry(), secretHash: '' })
  const clock = manualClock(now)
  const log = recordingLog()
  const useCase = showStatement({
    listResults: listResults({
      entries: {
        find: (id) => {
          calls.push(`entry ${id}`)
          return entries.find(id)
        },
      },
      results: {
        versionsOf: async (id) => {
          calls.push(`results ${id}`)
          return versions
        },
      },
      releaseStates: {
        of: async (asked) => {
          calls.push(`release ${asked}`)
          return facts
        },
      },
      clock,
      windowRules: sampleWindowRules,
    }),
    centres: {
      find: async (number) => {
        calls.push(`centre ${number}`)
        return number === centre?.centreNumber ? centre : undefined
      },
    },
    print: async ({ entry, centreName, result: { status, version } }, language) =>
      Buffer.from(
        `${status} ${entry.familyName} ${version.payload.grade} ${version.version} at ${centreName} in ${language}`,
      ),
  })
  const options = { originSecret, authenticate: async () => sampleAccount(), log, clock }
  const answer: HttpResult = await showStatementHandler(
    useCase,
    options,
  )(httpEvent('showStatement', { cookie: '__Host-session=x', pathParameters: { session } }))
  return { answer, calls, log: log.lines }
}

describe('from the release on', () => {
  test('the statement is a file in the candidate’s language, and is not cached (R50)', async () => {
    const { answer } = await ask({})
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="statement-of-results-${ownSession}.pdf"`,
        'cache-control': 'private, no-store',
      },
      isBase64Encoded: true,
    })
    expect(Buffer.from(answer.body ?? '', 'base64').toString()).toBe(
      'released Example GRADE-CANARY 1 at Colegio Añil in es',
    )
  })

  test('a corrected result is marked as such (R53)', async () => {
    const { answer } = await ask({ versions: [result(), result({ version: 2, digest: 'another' })] })
    expect(Buffer.from(answer.body ?? '', 'base64').toString()).toBe(
      'corrected Example GRADE-CANARY 2 at Colegio Añil in es',
    )
  })
})

test('a centre missing from the directory is shown by its number', async () => {
  const { answer } = await ask({ centre: { centreNumber: 'ES999', name: 'Another' } as Centre })
  expect(Buffer.from(answer.body ?? '', 'base64').toString()).toContain('at undefined in es')
})

/** Everything for which there is no statement. */
const nothing: Readonly<Record<string, Parameters<typeof ask>[0]>> = {
  'before the release, with a result loaded': { facts: approved, now: '2026-11-23T08:59:59.999Z' },
  'before the release, with no result loaded': { facts: approved, now: '2026-11-23T08:59:59.999Z', versions: [] },
  'a millisecond early, though the session were open': { now: '2026-11-23T08:59:59.999Z' },
  'with no release planned': { facts: { release: undefined, opening: undefined } },
  'after it, for an entry without result': { versions: [] },
  'for a result that is not sealed for it': { versions: [result({ sealedFor: 'release-0' })] },
  'for a result that is held': { versions: [result({ state: 'held' })] },
  'for a result that is withdrawn': { versions: [result(), result({ version: 2, state: 'withdrawn' })] },
  'while the session is on hold': { facts: held },
  'for the session of somebody else': { session: '2026-11-c1-advanced-paper' },
  'for a session that there is not': { session: '../../etc/passwd' },
  'for no session': { session: '' },
}

describe('no statement is available', () => {
  test.each(Object.keys(nothing))('%s: one answer, to the byte (R50, R53, G3)', async (title) => {
    const asked = await ask(nothing[title] ?? {})
    const before = await ask({ facts: approved, now: '2026-11-23T08:59:59.999Z' })
    expect(asked.answer).toEqual(before.answer)
    expect(asked.answer).toMatchObject({ statusCode: 404, headers: { 'cache-control': 'private, no-store' } })
    expect(JSON.parse(asked.answer.body ?? '')).toMatchObject({ code: 'no-such-result' })
    expect(asked.answer.body).not.toMatch(/CANARY|2026-11-c1|passwd/)
    expect(asked.log).toEqual(before.log)
  })

  test('and the reads do not depend on the requested session', async () => {
    for (const facts of [open, approved]) {
      const own = await ask({ facts, versions: [] })
      const other = await ask({ facts, session: '2026-11-c1-advanced-paper', versions: [] })
      expect(other.calls).toEqual(own.calls)
      expect(own.calls.filter((call) => call.startsWith('results'))).toHaveLength(facts === open ? 1 : 0)
    }
  })
})

test('callers who are not signed in get none', async () => {
  const handler = showStatementHandler(async () => Promise.reject(new Error('never asked')), {
    originSecret,
    authenticate: async () => undefined,
    log: recordingLog(),
  })
  const answer = await handler(httpEvent('showStatement', { pathParameters: { session: ownSession } }))
  expect(answer.statusCode).toBe(401)
})
