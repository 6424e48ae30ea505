import { describe, expect, test } from '@jest/globals'
import { applyRetention } from '../../../functions/privacy/apply-retention/apply-retention.ts'
import { applyRetentionHandler } from '../../../functions/privacy/apply-retention/handler.ts'
import { minute } from '../../../shared/domain/time.ts'
import type { Deletion } from '../../../shared/protocols/delete-candidate.ts'
import { manualClock } from '../../support/clock.ts'
import { recordingLog } from '../../support/log.ts'

const setUp = (taken: Readonly<Record<string, string>>) => {
  const clock = manualClock('2026-11-23T09:00:00.000Z')
  const kept = new Map(Object.entries(taken))
  const deletions: Deletion[] = []
  const mailed = new Set<string>()
  const world = { clock, kept, deletions, mailed, deleting: (_idNumber: string) => {} }
  const useCase = applyRetention({
    records: {
      async *takenBefore(date) {
        for (const [idNumber, dateTaken] of [...kept]) if (dateTaken < date) yield idNumber
      },
    },
    deleteCandidate: async (idNumber, deletion) => {
      world.deleting(idNumber)
      deletions.push(deletion)
      if (mailed.has(idNumber)) return 'mail-in-flight'
      return kept.delete(idNumber) ? 'deleted' : 'nothing-held'
    },
    clock,
  })
  return { ...world, world, useCase }
}

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`OLD${String(n).padStart(5, '0')}`, '2020-01-01']))

describe('the daily run', () => {
  test('deletes who has been kept for longer than 120 days since the exam, to the day, and nobody else', async () => {
    const { useCase, kept, deletions } = setUp({
      LONGAGO1: '2020-09-01',
      DAY00121: '2026-07-25',
      DAY00120: '2026-07-26',
    })
    expect(await useCase({ candidateDays: 120 })).toEqual({ deleted: 2, failed: 0, isComplete: true })
    expect([...kept.keys()]).toEqual(['DAY00120'])
    expect(deletions).toEqual(Array(2).fill({ by: 'apply-retention', reason: 'kept-long-enough' }))
  })

  test('once more finds nothing to do', async () => {
    const { useCase } = setUp(many(45))
    expect(await useCase({ candidateDays: 120 })).toMatchObject({ deleted: 45 })
    expect(await useCase({ candidateDays: 120 })).toEqual({ deleted: 0, failed: 0, isComplete: true })
  })

  test('goes on after one that fails, counts it, and finds it again the next day', async () => {
    const { useCase, world } = setUp(many(45))
    world.deleting = (idNumber) => {
      if (idNumber === 'OLD00007') throw new Error('throttled')
    }
    expect(await useCase({ candidateDays: 120 })).toEqual({ deleted: 44, failed: 1, isComplete: true })
    world.deleting = () => {}
    expect(await useCase({ candidateDays: 120 })).toEqual({ deleted: 1, failed: 0, isComplete: true })
  })

  test('counts whose mail is being sent as not deleted, and deletes them when it is over', async () => {
    const { useCase, mailed } = setUp(many(3))
    mailed.add('OLD00001')
    expect(await useCase({ candidateDays: 120 })).toEqual({ deleted: 2, failed: 1, isComplete: true })
    mailed.clear()
    expect(await useCase({ candidateDays: 120 })).toEqual({ deleted: 1, failed: 0, isComplete: true })
  })

  test('stops before its function is stopped, and leaves the rest to the next day', async () => {
    const { useCase, clock, world, kept } = setUp(many(100))
    world.deleting = () => clock.advance(minute / 2)
    expect(await useCase({ candidateDays: 120 })).toEqual({ deleted: 40, failed: 0, isComplete: false })
    expect(kept.size).toBe(60)
  })
})

describe('its trigger', () => {
  const log = recordingLog()

  test('is refused where it would delete those whose results are hardly out', async () => {
    const handler = applyRetentionHandler(async () => Promise.reject(new Error('never asked')), log)
    for (const event of [
      { candidateDays: 0 },
      { candidateDays: -1 },
      { candidateDays: 89 },
      {},
      { candidateDays: '120' },
    ])
      await expect(handler(event)).rejects.toThrow()
    expect(JSON.stringify(log.lines)).not.toContain('never asked')
  })

  test('fails where somebody could not be deleted, so that it is repeated', async () => {
    const handler = applyRetentionHandler(async () => ({ deleted: 3, failed: 1, isComplete: true }), log)
    await expect(handler({ candidateDays: 120 })).rejects.toThrow('could not be deleted')
    const fine = applyRetentionHandler(async () => ({ deleted: 3, failed: 0, isComplete: true }), log)
    await expect(fine({ candidateDays: 120 })).resolves.toBeUndefined()
  })
})
