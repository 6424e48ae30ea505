import { describe, expect, test } from '@jest/globals'
import { hour } from '../../shared/domain/time.ts'
import { runResultsDay } from '../support/run-results-day.ts'

/** The rehearsal of `results-day.test.ts` at the size of a results day (G4). */
describe('npm run results-day', () => {
  test(
    'keeps every guarantee for 100,000 candidates with faults injected',
    async () => {
      const { status, report, told } = await runResultsDay('--candidates=100000', '--faults=default', '--seed=1')
      expect({ status, told }).toEqual({ status: 0, told: expect.stringContaining('Every guarantee held.') })
      expect(report).toMatchObject({ duplicates: 0, beforeInstant: 0 })
      expect(report.planned).toBeGreaterThan(90_000)
    },
    2 * hour,
  )
})
