import { describe, expect, test } from '@jest/globals'
import type { BrokenEdit } from '../support/lock/broken-edits.ts'
import { editedLock } from '../support/lock/edited-lock.ts'
import { deployedLock, deployedSecretNumberLock } from '../support/lock/lock.ts'
import { equalsReference } from '../support/lock/sequences.ts'
import { fc } from '../support/properties.ts'
import { firstSeed } from '../support/simulation/seed.ts'

const manySequences = { numRuns: 10_000, seed: firstSeed }

/**
 * The lock under sequential attempts (R22–R24, R26, G1): wrong and right passwords, pauses, expiring locks, resets by
 * email, requests applied twice, crashes, and TTL deletion that is immediate, 48 hours late or missing.
 */
describe('10,000 sequences', () => {
  test.each([
    ['passwords', deployedLock],
    ['Secret numbers', deployedSecretNumberLock],
  ])(
    'of %s end as a short reference says',
    async (_kind, lock) => {
      await fc.assert(equalsReference(lock), manySequences)
    },
    300_000,
  )

  test.each<BrokenEdit>([
    '> for >= at the end of the lock',
    'leaves the end of the lock to the time to live',
    'extends the lock with every attempt',
    'forgets what a dead function was trying',
    'leaves a dead function in its slot while there are others',
  ])('do not with a lock that %s (negative control)', async (name) => {
    const { failed, errorInstance } = await fc.check(equalsReference(await editedLock(name)), {
      ...manySequences,
      endOnFailure: true,
    })
    expect(failed).toBe(true)
    expect((errorInstance as Error).message).toMatch(/^attempt \d+ is /)
  })
})
