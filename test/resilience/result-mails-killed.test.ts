import { beforeAll, expect, test } from '@jest/globals'
import type { LocalAssembly } from '../../infra/local/types.ts'
import { hour, minute } from '../../shared/domain/time.ts'
import { crashAtEveryCall } from '../support/mail-simulation/crashes.ts'
import { rehearse } from '../support/mail-simulation/rehearse.ts'
import { instant, releaseId, session } from '../support/mail-simulation/released-session.ts'
import { simulatedAssembly } from '../support/mail-simulation/simulated-assembly.ts'
import { firstSeed } from '../support/simulation/seed.ts'

/**
 * Between the instant of a release and the last mail (R51, R61, G4) every function may crash at any call, before or after
 * it was executed: the release completes without an operator, and the guarantees hold.
 */
let assembly: LocalAssembly
beforeAll(() => {
  assembly = simulatedAssembly('dev', 4)
})

test(
  'a crash of a function at any outbound call, alternately before and after it, violates no guarantee',
  async () => {
    const rehearsal = { assembly, seed: firstSeed, candidates: 60 }
    expect(await crashAtEveryCall(rehearsal, ['killed-before', 'killed-after'], { inTurn: true })).toBeGreaterThan(20)
  },
  20 * minute,
)

test('a redelivered release event makes one plan, even hours later', async () => {
  const detail = JSON.stringify({ version: 1, releaseId, session, releasedAt: '2026-12-01T09:00:00.000Z' })
  const { outcome, recipients } = await rehearse({
    assembly,
    seed: firstSeed,
    candidates: 5_000,
    intervene: (simulation) => {
      for (const after of [5 * minute + 10, 6 * minute, 200 * minute]) {
        simulation.after(after, () => simulation.publishAgain({ eventId: 'again', type: 'results-released', detail }))
      }
    },
    until: instant + 4 * hour,
  })
  expect(outcome).toMatchObject({ planned: recipients.size, accepted: recipients.size, duplicates: 0 })
})
