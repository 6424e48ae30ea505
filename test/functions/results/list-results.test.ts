import { describe, expect, test } from '@jest/globals'
import { listResultsHandler } from '../../../functions/results/list-results/handler.ts'
import { answers } from '../../../shared/contracts/answers.ts'
import type { EmbargoFacts } from '../../../shared/domain/embargo.ts'
import type { ResultVersion } from '../../../shared/domain/result.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import { listResults } from '../../../shared/protocols/list-results.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send } from '../../support/http-event.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { recordingLog } from '../../support/log.ts'
import { sampleAccount, sampleEntry, sampleWindowRules } from '../../support/samples.ts'

const instant = epochMilliseconds(Date.parse('2026-11-23T09:00:00.000Z'))
const open: Pick<EmbargoFacts, 'release' | 'opening'> = {
  release: { releaseId: 'release-1', state: 'released' },
  opening: { releaseId: 'release-1', releasedAt: instant },
}
const shut = { release: { releaseId: 'release-1', state: 'approved' as const }, opening: undefined }
const result = (changes: Partial<ResultVersion> = {}): ResultVersion => ({
  idNumber: 'ABC12345',
  version: 1,
  session: '2026-11-b2-first-digital',
  state: 'final',
  payload: { grade: 'B', overallScore: 175, cefrLevel: 'B2', skills: [{ name: 'reading', score: 171 }] },
  digest: 'digest',
  sealedFor: 'release-1',
  visibleFrom: instant,
  ...changes,
})

const list = async (
  versions: readonly ResultVersion[],
  facts: Pick<EmbargoFacts, 'release' | 'opening'>,
  now: string,
) => {
  let reads = 0
  const { entries } = inMemoryEntries({ entry: sampleEntry(), secretHash: '' })
  const clock = manualClock(now)
  const useCase = listResults({
    entries,
    results: {
      versionsOf: async () => {
        reads++
        return versions
      },
    },
    releaseStates: { of: async () => facts },
    clock,
    windowRules: sampleWindowRules,
  })
  const log = recordingLog()
  const options = { originSecret, authenticate: async () => sampleAccount(), log, clock }
  const answer = await send(
    listResultsHandler(useCase, options),
    httpEvent('listResults', { cookie: '__Host-session=x' }),
  )
  expect(answer.statusCode).toBe(200)
  expect(answers.listResults.success[200]?.safeParse(answer.json)).toMatchObject({ success: true })
  return { answer, log, reads, listed: (answer.json as { results: unknown[] }).results[0] }
}

const byDates = {
  session: '2026-11-b2-first-digital',
  exam: 'b2-first',
  dateTaken: '2026-11-14',
  mode: 'digital',
  expectedFrom: '2026-11-20',
  expectedTo: '2026-11-27',
}

describe('before the instant', () => {
  test.each([
    ['2026-11-19T12:00:00.000Z', 'awaited'],
    ['2026-11-23T08:59:59.999Z', 'expected'],
    ['2026-11-28T12:00:00.000Z', 'late'],
  ])('at %s the entry is %s, by its dates alone (R52, R53)', async (now, status) => {
    expect((await list([], shut, now)).listed).toEqual({ ...byDates, status })
  })

  test('nothing shows whether a result is loaded, sealed, held or good: both cases look the same (R50, G3)', async () => {
    const now = '2026-11-23T08:59:59.999Z'
    const worlds: (readonly ResultVersion[])[] = [
      [],
      [result()],
      [result({ state: 'withdrawn' })],
      [result({ payload: { grade: 'E', skills: [] } }), result({ version: 2 })],
    ]
    const seen = await Promise.all(
      [shut, open, { release: undefined, opening: undefined }].flatMap((facts) =>
        worlds.map((fixture) => list(fixture, facts, now)),
      ),
    )
    for (const { answer, log } of seen) {
      expect(answer).toEqual(seen[0]?.answer)
      expect(log.lines).toEqual(seen[0]?.log.lines)
    }
  })

  test('results are not even read', async () => {
    expect((await list([result()], shut, '2026-12-24T09:00:00.000Z')).reads).toBe(0)
    expect((await list([result()], open, '2026-11-23T08:59:59.999Z')).reads).toBe(0)
  })
})

describe('from the instant on', () => {
  const now = '2026-11-23T09:00:00.000Z'

  test('the result is shown with all its data (R50)', async () => {
    expect((await list([result()], open, now)).listed).toEqual({
      ...byDates,
      status: 'released',
      releasedAt: '2026-11-23T09:00:00.000Z',
      grade: 'B',
      overallScore: 175,
      cefrLevel: 'B2',
      skills: [{ name: 'reading', score: 171 }],
      version: 1,
    })
  })

  test('missing parts of a result are not shown', async () => {
    const { listed } = await list([result({ payload: { grade: 'Pass', skills: [] } })], open, now)
    expect(listed).toEqual({ ...byDates, status: 'released', releasedAt: now, grade: 'Pass', version: 1 })
  })

  test.each(['held', 'withdrawn'] as const)('a %s one is shown as such, without content (R53)', async (state) => {
    expect((await list([result({ state })], open, now)).listed).toEqual({ ...byDates, status: state })
  })

  test('a corrected one is shown as such, with the newest version (R53)', async () => {
    const correction = result({ version: 2, digest: 'another', payload: { grade: 'A', skills: [] } })
    expect((await list([result(), correction], open, now)).listed).toMatchObject({
      status: 'corrected',
      grade: 'A',
      version: 2,
    })
  })

  test('an entry without result keeps its status by dates', async () => {
    expect((await list([], open, now)).listed).toEqual({ ...byDates, status: 'expected' })
  })

  test('a result of another session is not shown for this one', async () => {
    const { listed } = await list([result({ session: 'another-session' })], open, now)
    expect(listed).toEqual({ ...byDates, status: 'expected' })
  })

  test('a hold hides the session and is shown to everybody in the same way, without reading a result (R53, R63)', async () => {
    const held = { ...open, release: { releaseId: 'release-1', state: 'held' as const } }
    const seen = await Promise.all([[], [result()], [result({ state: 'withdrawn' })]].map((v) => list(v, held, now)))
    for (const { listed, reads, log } of seen) {
      expect(listed).toEqual({ ...byDates, status: 'held' })
      expect(reads).toBe(0)
      expect(log.lines).toEqual(seen[0]?.log.lines)
    }
  })

  test('a hold before the instant is invisible', async () => {
    const held = { release: { releaseId: 'release-1', state: 'held' as const }, opening: undefined }
    expect((await list([result()], held, now)).listed).toEqual({ ...byDates, status: 'expected' })
    const ofAnother = { ...held, opening: { releaseId: 'release-0', releasedAt: instant } }
    expect((await list([result()], ofAnother, now)).listed).toEqual({ ...byDates, status: 'expected' })
  })
})
