import { beforeAll, describe, expect, test } from '@jest/globals'
import { faultProfiles } from '../../infra/local/seeded-faults.ts'
import type { LocalAssembly } from '../../infra/local/types.ts'
import { type BrokenEdit, brokenEdits } from '../support/mail-simulation/broken-edits.ts'
import { assertGuarantees, rehearse } from '../support/mail-simulation/rehearse.ts'
import { simulatedAssembly } from '../support/mail-simulation/simulated-assembly.ts'
import { firstSeed, forEachSeed } from '../support/simulation/seed.ts'

/**
 * Everybody is mailed once, or listed (R51, R61, G4): the functions as deployed, wired by the stacks, in virtual time, with
 * throttling, lost responses, crashes at any outbound call, duplicate and reordered messages. The test counts the mails
 * accepted by SES, not the service's tables. `result-mails.nightly.test.ts` runs it at full size.
 */
const underway = 600_000
/** A release is a handful of messages: at one in a hundred none would come twice. */
const faults = { ...faultProfiles.default, duplicates: 0.2 }
let assembly: LocalAssembly
beforeAll(() => {
  assembly = simulatedAssembly('dev', 4)
})

describe('a release to 20,000 candidates, under throttling, lost responses, crashes and redeliveries', () => {
  test(
    'mails nobody twice or early and loses nobody, for any seed',
    async () => {
      await forEachSeed(20, async (seed) => {
        const rehearsed = await rehearse({ assembly, seed, candidates: 20_000, faults })
        assertGuarantees(rehearsed)
        // Otherwise nothing was tested.
        const { throttles, ambiguous, crashes } = rehearsed.injected
        expect(Math.min(throttles, ambiguous, crashes)).toBeGreaterThan(0)
        expect(rehearsed.outcome.unknown).toBeGreaterThan(0)
      })
    },
    underway,
  )

  test(
    'misses nobody after an operator resent mails unknown for a day, and mails nobody twice',
    async () => {
      await forEachSeed(2, async (seed) => {
        const rehearsed = await rehearse({ assembly, seed, candidates: 20_000, faults, resends: true })
        assertGuarantees(rehearsed)
        const { outcome, recipients } = rehearsed
        expect(outcome).toMatchObject({ mailed: recipients.size, accepted: recipients.size, unknown: 0, duplicates: 0 })
      })
    },
    underway,
  )

  test.each<BrokenEdit>([
    'marks what it has sent after sending it',
    'leaves the SDK its usual three attempts',
    'sends again by itself what may have been sent',
  ])(
    'mails somebody twice if the sender %s (negative control)',
    async (name) => {
      const broken = forEachSeed(5, async (seed) => {
        assertGuarantees(await rehearse({ assembly, seed, candidates: 20_000, faults, edits: brokenEdits[name] }))
      })
      await expect(broken).rejects.toThrow(/SEED=\d+ replays this: \d+ mails were sent to somebody who had one/)
    },
    underway,
  )
})

test('a seed reproduces the same mails at the same instants', async () => {
  const replay = async () => {
    const { simulation, outcome } = await rehearse({ assembly, seed: firstSeed, candidates: 1_000, faults })
    return { outcome, accepted: simulation.accepted, calls: simulation.outbound(), end: simulation.now() }
  }
  expect(await replay()).toEqual(await replay())
})
