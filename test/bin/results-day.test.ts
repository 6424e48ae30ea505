import { describe, expect, test } from '@jest/globals'
import { minute } from '../../shared/domain/time.ts'
import { runResultsDay } from '../support/run-results-day.ts'

/**
 * The rehearsal of a results day (R51, R61, R64, G4) by its command: the whole assembly, with functions in processes and
 * faults of all kinds. `results-day.nightly.test.ts` runs it at the size of a results day.
 */
describe('npm run results-day', () => {
  test(
    'keeps every guarantee for 20,000 candidates with faults injected, and says so in one line of JSON',
    async () => {
      const { status, lines, report, told } = await runResultsDay('--candidates=20000', '--faults=default', '--seed=2')
      expect({ status, told }).toEqual({ status: 0, told: expect.stringContaining('Every guarantee held.') })
      expect(lines).toHaveLength(1)
      expect(report).toMatchObject({ duplicates: 0, beforeInstant: 0 })
      const { planned, accepted, unknown, failed, suppressed, injected } = report
      expect(planned).toBeGreaterThan(18_000)
      expect(accepted + unknown + failed + suppressed).toBe(planned)
      // Otherwise nothing was rehearsed.
      expect(injected.crashes).toBeGreaterThan(0)
      expect(injected.duplicateDeliveries).toBeGreaterThan(0)
    },
    30 * minute,
  )

  test('explains wrong options and exits with status 2', async () => {
    const { status, lines, told } = await runResultsDay('--candidates=few')
    expect({ status, lines }).toEqual({ status: 2, lines: [] })
    expect(told).toContain('Expected a whole number, 1 or more.')
  })
})
