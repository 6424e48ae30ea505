import { beforeAll, describe, expect, test } from '@jest/globals'
import { faultProfiles } from '../../infra/local/seeded-faults.ts'
import type { LocalAssembly } from '../../infra/local/types.ts'
import { hour } from '../../shared/domain/time.ts'
import { crashAtEveryCall } from '../support/mail-simulation/crashes.ts'
import { assertGuarantees, rehearse } from '../support/mail-simulation/rehearse.ts'
import { simulatedAssembly } from '../support/mail-simulation/simulated-assembly.ts'
import { forEachSeed } from '../support/simulation/seed.ts'

/** `result-mails.test.ts` and `result-mails-killed.test.ts` at full size (G4), without negative controls. */
const faults = { ...faultProfiles.default, duplicates: 0.2 }
let assembly: LocalAssembly
beforeAll(() => {
  assembly = simulatedAssembly('dev', 4)
})

describe('under throttling, lost responses, crashes and redeliveries', () => {
  test(
    'two releases to 100,000 candidates mail nobody twice or early and lose nobody',
    async () => {
      await forEachSeed(2, async (seed) => {
        const rehearsed = await rehearse({ assembly, seed, candidates: 100_000, faults })
        assertGuarantees(rehearsed)
        expect(rehearsed.outcome.unknown).toBeGreaterThan(0)
      })
    },
    hour,
  )
})

test(
  'a crash of a function at any outbound call, before or after it, violates no guarantee',
  async () => {
    await forEachSeed(3, async (seed) => {
      await crashAtEveryCall({ assembly, seed, candidates: 60 }, ['killed-before', 'killed-after'])
    })
  },
  hour,
)
