import { beforeAll, describe, expect, test } from '@jest/globals'
import type { LocalAssembly } from '../../infra/local/types.ts'
import { minute } from '../../shared/domain/time.ts'
import { brokenEdits } from '../support/mail-simulation/broken-edits.ts'
import { sendRateOf } from '../support/mail-simulation/send-rate.ts'
import { simulatedAssembly } from '../support/mail-simulation/simulated-assembly.ts'
import { firstSeed } from '../support/simulation/seed.ts'

/**
 * All senders together use the account's send rate fully without exceeding it (R51, G4): SES enforces its rate as in the
 * local run, with a burst of one second's worth, and responds with varying delay.
 */
const senders = 4
const daily = 1_000_000_000
let assembly: LocalAssembly
beforeAll(() => {
  assembly = simulatedAssembly('dev', senders)
})

describe(`${senders} senders at once`, () => {
  test.each([
    [1, 300],
    [14, 3_000],
    [500, 30_000],
    [2_000, 60_000],
  ])(
    'at %s a second use at least 97 in a hundred of it, and are not throttled',
    async (rate, candidates) => {
      const { share, throttled } = await sendRateOf({ assembly, seed: firstSeed, candidates, quota: { rate, daily } })
      expect({ isUsed: share >= 0.97, throttled, share }).toEqual({ isUsed: true, throttled: 0, share })
    },
    10 * minute,
  )

  test('are throttled without rate limiting (negative control)', async () => {
    const edits = brokenEdits['sends without waiting for its turn']
    const { throttled } = await sendRateOf({
      ...{ assembly, seed: firstSeed, candidates: 300, edits, quota: { rate: 14, daily } },
      isEnough: (simulation) => simulation.throttled() > 10,
    })
    expect(throttled).toBeGreaterThan(10)
  })
})
