import { describe, expect, test } from '@jest/globals'
import { checkThenAdd, readAddSave } from '../support/broken/counted-guards.ts'
import type { BrokenEdit } from '../support/lock/broken-edits.ts'
import { editedLock } from '../support/lock/edited-lock.ts'
import { allFaults, delays, type Faults, noFaults, slowFaults } from '../support/lock/faults.ts'
import { evaluatesThreeInHalfAnHour, evaluatesThreeOf } from '../support/lock/guesses.ts'
import { deployedLock, deployedSecretNumberLock, type Lock, lockFromGuards } from '../support/lock/lock.ts'
import { lockSimulation } from '../support/lock/lock-simulation.ts'
import { firstSeed } from '../support/simulation/seed.ts'

/**
 * At most three wrong passwords are evaluated between two resets (R22, G1), by the gate and the conditional writes as
 * deployed, with requests interleaved, retried and lost as determined by a seed. The test counts evaluations, not the
 * guard's own count. 306,800 passwords for 10,000 IDs; `lock-guesses.nightly.test.ts` makes 1,000 for each.
 */
const underway = 300_000

const counted: Record<string, Lock> = {
  'reads the failures, adds one and saves them': lockFromGuards(readAddSave),
  'checks the failures and adds one afterwards': lockFromGuards(checkThenAdd),
}

describe.each([
  ['where nothing goes wrong', noFaults],
  ['with throttling, lost responses, crashes and clock skew', allFaults],
])('wrong passwords in parallel, %s', (_how, faults) => {
  test.each([
    [4450, 12],
    [500, 100],
    [50, 1000],
  ])(
    'for each of %s IDs, of %s at most three are evaluated',
    async (ids, guesses) => {
      await evaluatesThreeOf(deployedLock, { ids, guesses, faults })
    },
    underway,
  )

  test(
    'and of Secret numbers at most three, for each of 1000 IDs',
    async () => {
      await evaluatesThreeOf(deployedSecretNumberLock, { ids: 1000, guesses: 12, faults })
    },
    underway,
  )

  test.each(Object.entries(counted))('exceed three with a lock that %s (negative control)', async (_name, lock) => {
    await expect(evaluatesThreeOf(lock, { ids: 100, guesses: 12, faults })).rejects.toThrow('replays this')
  })
})

test('a seed reproduces the same schedule with the same faults', async () => {
  const replay = async () => {
    const simulation = lockSimulation(deployedLock, firstSeed, allFaults)
    for (let guess = 0; guess < 100; guess++) simulation.guess(simulation.random.between(0, 60_000))
    await simulation.run()
    const { evaluations, answers } = simulation
    return { evaluations, answers, end: simulation.now() }
  }
  expect(await replay()).toEqual(await replay())
})

describe('wrong and right passwords over hours', () => {
  test.each([
    ['where nothing goes wrong', 200, noFaults],
    ['with throttling, lost responses, crashes and clock skew', 300, allFaults],
    ['with answers that take minutes', 200, slowFaults],
    ['with requests that arrive late and twice', 500, delays],
  ])(
    'come to three evaluated wrong ones in half an hour at most, %s',
    async (_how, ids, faults) => {
      await evaluatesThreeInHalfAnHour(deployedLock, ids, faults)
    },
    underway,
  )

  test.each<[BrokenEdit, Faults]>([
    ['lets everybody start anew who has seen the end of the lock', noFaults],
    ['gives every slot back with a success', noFaults],
    ['forgets what a dead function was trying', allFaults],
    ['evaluates however long it took to get a slot', slowFaults],
    ['opens the slot of a success again for a reservation that comes late', delays],
  ])(
    'exceed three with a lock that %s (negative control)',
    async (name, faults) => {
      const broken = evaluatesThreeInHalfAnHour(await editedLock(name), 5_000, faults)
      await expect(broken).rejects.toThrow('replays this')
    },
    underway,
  )
})
