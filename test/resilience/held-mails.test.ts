import { beforeAll, describe, expect, test } from '@jest/globals'
import { type FaultProfile, faultProfiles } from '../../infra/local/seeded-faults.ts'
import type { LocalAssembly } from '../../infra/local/types.ts'
import { minute, second } from '../../shared/domain/time.ts'
import { brokenEdits } from '../support/mail-simulation/broken-edits.ts'
import { assertGuarantees, type Rehearsal, rehearse, requestOf } from '../support/mail-simulation/rehearse.ts'
import { instant } from '../support/mail-simulation/released-session.ts'
import { simulatedAssembly } from '../support/mail-simulation/simulated-assembly.ts'
import { firstSeed, forEachSeed } from '../support/simulation/seed.ts'

/**
 * One person holds a release while its mails are being sent, and another resumes it (R63, G4): the functions as deployed,
 * in virtual time. No mail is sent during the hold, and in the end everybody has exactly one.
 */
let assembly: LocalAssembly
beforeAll(() => {
  assembly = simulatedAssembly('dev', 4)
})

const heldAt = instant + 6 * second
const resumedAt = instant + 20 * minute
/** Calls in flight to SES when the hold was written may still arrive. */
const arrivedBy = heldAt + 2 * second

/** At 200 a second some 3,600 mails take 18 seconds; a third of them has been sent at the hold. */
const held = async (seed: number, more: Partial<Rehearsal> = {}) => {
  const rehearsed = await rehearse({
    ...{ assembly, seed, candidates: 4_000, quota: { rate: 200, daily: 100_000 } },
    intervene: (simulation) => {
      simulation.invokeLater(heldAt - simulation.now(), 'release/hold-release', requestOf('holdRelease', assembly))
      simulation.invokeLater(
        resumedAt - simulation.now(),
        'release/resume-release',
        requestOf('resumeRelease', assembly),
      )
    },
    until: resumedAt + minute,
    ...more,
  })
  const { accepted } = rehearsed.simulation
  return {
    rehearsed,
    before: accepted.filter(({ at }) => at < heldAt).length,
    meanwhile: accepted.filter(({ at }) => at > arrivedBy && at < resumedAt).length,
    after: accepted.filter(({ at }) => at >= resumedAt).length,
  }
}

describe('a release that is held while mails are being sent', () => {
  test('sends none until it is resumed; then the rest is sent, and everybody has one', async () => {
    const { rehearsed, before, meanwhile, after } = await held(firstSeed)
    assertGuarantees(rehearsed)
    expect(before).toBeGreaterThan(500)
    expect(meanwhile).toBe(0)
    expect(after).toBeGreaterThan(1_000)
    expect(rehearsed.outcome.accepted).toBe(rehearsed.recipients.size)
  })

  test('the same under faults, and nobody has two', async () => {
    const faults: FaultProfile = { ...faultProfiles.default, duplicates: 0.2 }
    await forEachSeed(4, async (seed) => {
      const { rehearsed, meanwhile } = await held(seed, { faults })
      assertGuarantees(rehearsed)
      expect(meanwhile).toBe(0)
    })
  }, 120_000)

  test('a sender without the check would continue (negative control)', async () => {
    const { meanwhile } = await held(firstSeed, { edits: brokenEdits['goes on while the release is held'] })
    expect(meanwhile).toBeGreaterThan(0)
  })
})
