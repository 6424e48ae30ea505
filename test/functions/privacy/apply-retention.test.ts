import { describe, expect, test } from '@jest/globals'
import { applyRetention, type ClassRun } from '../../../functions/privacy/apply-retention/apply-retention.ts'
import { applyRetentionHandler } from '../../../functions/privacy/apply-retention/handler.ts'
import { minute, toIso } from '../../../shared/domain/time.ts'
import type { RetainedRecords } from '../../../shared/ports/retained-records.ts'
import type { Deletion } from '../../../shared/protocols/delete-candidate.ts'
import { manualClock } from '../../support/clock.ts'
import { recordingLog } from '../../support/log.ts'

const days = { candidateDays: 120, releaseDays: 180, accountMailDays: 100, importDays: 150, auditDays: 400 }
const nothing: RetainedRecords = { removeBefore: async () => ({ deleted: 0, isComplete: true }) }
const classes = ['accountMails', 'audit', 'imports', 'releases'] as const

/** What came of the candidates; nothing else was kept long enough. */
const candidatesOf = (runs: readonly ClassRun[]) => {
  expect(runs.slice(0, -1)).toEqual(classes.map((kind) => ({ kind, deleted: 0, failed: 0, isComplete: true })))
  const { kind, ...counts } = runs.at(-1) ?? {}
  expect(kind).toBe('candidates')
  return counts
}

const setUp = (
  taken: Readonly<Record<string, string>>,
  aged: Partial<Record<(typeof classes)[number], RetainedRecords>> = {},
) => {
  const clock = manualClock('2026-11-23T09:00:00.000Z')
  const kept = new Map(Object.entries(taken))
  const deletions: Deletion[] = []
  const mailed = new Set<string>()
  const fixture = { clock, kept, deletions, mailed, deleting: (_idNumber: string) => {} }
  const useCase = applyRetention({
    records: {
      async *takenBefore(date) {
        for (const [idNumber, dateTaken] of [...kept]) if (dateTaken < date) yield idNumber
      },
    },
    deleteCandidate: async (idNumber, deletion) => {
      fixture.deleting(idNumber)
      deletions.push(deletion)
      if (mailed.has(idNumber)) return 'mail-in-flight'
      return kept.delete(idNumber) ? 'deleted' : 'nothing-held'
    },
    aged: { accountMails: nothing, audit: nothing, imports: nothing, releases: nothing, ...aged },
    clock,
  })
  const run = async () => candidatesOf(await useCase(days))
  return { ...fixture, fixture, useCase, run }
}

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`OLD${String(n).padStart(5, '0')}`, '2020-01-01']))

describe('the daily run', () => {
  test('deletes candidates exactly after 120 days since the exam, and nobody else', async () => {
    const { run, kept, deletions } = setUp({
      LONGAGO1: '2020-09-01',
      DAY00121: '2026-07-25',
      DAY00120: '2026-07-26',
    })
    expect(await run()).toEqual({ deleted: 2, failed: 0, isComplete: true })
    expect([...kept.keys()]).toEqual(['DAY00120'])
    expect(deletions).toEqual(Array(2).fill({ by: 'apply-retention', reason: 'kept-long-enough' }))
  })

  test('finds nothing to do when repeated', async () => {
    const { run } = setUp(many(45))
    expect(await run()).toMatchObject({ deleted: 45 })
    expect(await run()).toEqual({ deleted: 0, failed: 0, isComplete: true })
  })

  test('continues after a failed deletion, counts it, and finds it again the next day', async () => {
    const { run, fixture } = setUp(many(45))
    fixture.deleting = (idNumber) => {
      if (idNumber === 'OLD00007') throw new Error('throttled')
    }
    expect(await run()).toEqual({ deleted: 44, failed: 1, isComplete: true })
    fixture.deleting = () => {}
    expect(await run()).toEqual({ deleted: 1, failed: 0, isComplete: true })
  })

  test('counts candidates whose mail is being sent as not deleted, and deletes them afterwards', async () => {
    const { run, mailed } = setUp(many(3))
    mailed.add('OLD00001')
    expect(await run()).toEqual({ deleted: 2, failed: 1, isComplete: true })
    mailed.clear()
    expect(await run()).toEqual({ deleted: 1, failed: 0, isComplete: true })
  })

  test('stops before its function times out, and leaves the rest to the next day', async () => {
    const { run, clock, fixture, kept } = setUp(many(100))
    fixture.deleting = () => clock.advance(minute / 2)
    expect(await run()).toEqual({ deleted: 40, failed: 0, isComplete: false })
    expect(kept.size).toBe(60)
  })
})

describe('records with a retention limit', () => {
  test('are kept for the days of their class, to the millisecond', async () => {
    const asked: Record<string, string> = {}
    const noting = (kind: string): RetainedRecords => ({
      async removeBefore(instant) {
        asked[kind] = toIso(instant)
        return { deleted: 2, isComplete: true }
      },
    })
    const aged = Object.fromEntries(classes.map((kind) => [kind, noting(kind)]))
    const { useCase } = setUp({}, aged)
    expect(await useCase(days)).toContainEqual({ kind: 'audit', deleted: 2, failed: 0, isComplete: true })
    expect(asked).toEqual({
      accountMails: '2026-08-15T09:00:00.000Z',
      imports: '2026-06-26T09:00:00.000Z',
      releases: '2026-05-27T09:00:00.000Z',
      audit: '2025-10-19T09:00:00.000Z',
    })
  })

  test('do not block the other classes or the candidates if their deletion fails, and the error is reported', async () => {
    const fault = new Error('throttled')
    const { useCase } = setUp(many(3), { audit: { removeBefore: () => Promise.reject(fault) } })
    const runs = await useCase(days)
    expect(runs).toContainEqual({ kind: 'audit', deleted: 0, failed: 1, isComplete: false, fault })
    expect(runs.at(-1)).toEqual({ kind: 'candidates', deleted: 3, failed: 0, isComplete: true })
  })

  test('leave two thirds of the time to the candidates', async () => {
    const endless = (clock: () => ReturnType<typeof manualClock>): RetainedRecords => ({
      async removeBefore(_instant, isOver) {
        while (!isOver()) clock().advance(minute / 2)
        return { deleted: 9, isComplete: false }
      },
    })
    const made = setUp(many(3), { audit: endless(() => made.clock), imports: endless(() => made.clock) })
    const began = made.clock.now()
    const runs = await made.useCase(days)
    expect(made.clock.now() - began).toBe(4 * minute)
    expect(runs.at(-1)).toEqual({ kind: 'candidates', deleted: 3, failed: 0, isComplete: true })
  })
})

describe('its trigger', () => {
  const log = recordingLog()

  test('is refused if it would delete candidates of recent releases', async () => {
    const handler = applyRetentionHandler(async () => Promise.reject(new Error('never asked')), log)
    const { auditDays: _, ...oneForgotten } = days
    for (const event of [{}, { candidateDays: 120 }, oneForgotten]) await expect(handler(event)).rejects.toThrow()
    for (const name of Object.keys(days)) {
      for (const wrong of [0, -1, 89, '120']) await expect(handler({ ...days, [name]: wrong })).rejects.toThrow()
    }
    expect(JSON.stringify(log.lines)).not.toContain('never asked')
  })

  test('fails if somebody could not be deleted, so that it is retried', async () => {
    const handler = applyRetentionHandler(
      async () => [{ kind: 'candidates', deleted: 3, failed: 1, isComplete: true }],
      log,
    )
    await expect(handler(days)).rejects.toThrow('still there')
    const fine = applyRetentionHandler(
      async () => [{ kind: 'candidates', deleted: 3, failed: 0, isComplete: true }],
      log,
    )
    await expect(fine(days)).resolves.toBeUndefined()
  })
})
