import { describe, expect, test } from '@jest/globals'
import { editedLock } from '../support/lock/edited-lock.ts'
import { type Faults, noFaults, repeatedFaults } from '../support/lock/faults.ts'
import { deployedLock, type Lock } from '../support/lock/lock.ts'
import { lockSimulation } from '../support/lock/lock-simulation.ts'
import { forEachSeed } from '../support/simulation/seed.ts'

interface Logins {
  readonly ids: number
  readonly logins: number
  readonly faults: Faults
}

/** The right password so many times within 100 ms, for each ID: each is accepted or asked to try again. */
const areAccepted = (lock: Lock, { ids, logins, faults }: Logins) =>
  forEachSeed(ids, async (seed) => {
    const simulation = lockSimulation(lock, seed, faults)
    for (let login = 0; login < logins; login++) simulation.logIn(simulation.random.between(0, 100))
    await simulation.run()
    expect(simulation.answers).toHaveLength(logins)
    expect(new Set(simulation.answers).difference(new Set(['right', 'busy']))).toEqual(new Set())
    const accepted = simulation.answers.filter((answer) => answer === 'right').length
    expect(accepted).toBeGreaterThanOrEqual(faults === noFaults ? 5 : 1)
  })

/** Attempts in flight never lock (G1): two tabs or a double click with the right password never see the lock (R23). */
describe.each([5, 50])('the right password %s times concurrently, for each of 500 IDs', (logins) => {
  test.each([
    ['where nothing goes wrong', noFaults],
    ['with throttles and lost answers', repeatedFaults],
  ])(
    'is accepted or may try again, %s',
    async (_how, faults) => {
      await areAccepted(deployedLock, { ids: 500, logins, faults })
    },
    300_000,
  )

  test('is locked if attempts in flight count as failures (negative control)', async () => {
    const broken = await editedLock('takes attempts in flight for failures, instead of waiting')
    await expect(areAccepted(broken, { ids: 500, logins, faults: noFaults })).rejects.toThrow('locked')
  })
})
