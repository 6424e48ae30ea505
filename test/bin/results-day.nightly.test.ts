import { describe, expect, test } from '@jest/globals'
import { rehearsalOf } from '../support/results-day.ts'

/** The rehearsal of `results-day.test.ts` at the size of a results day (G4). */
describe('npm run results-day', () => {
  test.each([20_000, 100_000])(
    'keeps every promise to %s candidates with faults injected',
    async (candidates) => {
      const { status, report, told } = await rehearsalOf(`--candidates=${candidates}`, '--faults=default', '--seed=1')
      expect({ status, told }).toEqual({ status: 0, told: expect.stringContaining('Every promise held.') })
      expect(report).toMatchObject({ duplicates: 0, beforeInstant: 0 })
      expect(report.planned).toBeGreaterThan(0.9 * candidates)
    },
    2 * 3_600_000,
  )
})
