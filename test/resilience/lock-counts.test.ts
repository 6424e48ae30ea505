import { describe, expect, test } from '@jest/globals'
import { day, hour, minute } from '../../shared/domain/time.ts'
import type { BrokenEdit } from '../support/lock/broken-edits.ts'
import { editedLock } from '../support/lock/edited-lock.ts'
import { type Faults, noFaults, repeatedFaults } from '../support/lock/faults.ts'
import { deployedLock, deployedSecretNumberLock, type Lock, secretNumberLock } from '../support/lock/lock.ts'
import { lockSimulation } from '../support/lock/lock-simulation.ts'
import { sequenceSimulation } from '../support/lock/sequence-simulation.ts'
import { forEachSeed } from '../support/simulation/seed.ts'
import { seededRandom } from '../support/simulation/seeded-random.ts'

const wrong = { typed: 'wrong' } as const

describe('failures', () => {
  /** The response to a third wrong password after two others and a pause. */
  const thirdAfter = async (lock: Lock, pause: number, removedAfter: number) => {
    const simulation = sequenceSimulation(lock, removedAfter)
    for (const before of [0, 23 * hour]) {
      simulation.wait(before)
      expect(await simulation.attempt(wrong)).toBe('wrong')
    }
    simulation.wait(pause)
    return (await simulation.attempt(wrong)).replace(/ until.*/, '')
  }

  describe.each([
    ['at once', 0],
    ['48 hours late', 48 * hour],
    ['never', Number.POSITIVE_INFINITY],
  ])('where DynamoDB removes what has expired %s', (_when, removedAfter) => {
    test('count until 24 hours after the last attempt, exclusive (R22)', async () => {
      expect(await thirdAfter(deployedLock, day - 1, removedAfter)).toBe('locked')
      expect(await thirdAfter(deployedLock, day, removedAfter)).toBe('wrong')
    })

    test('count longer with a lock that ignores their age (negative control)', async () => {
      expect(await thirdAfter(await editedLock('counts failures however old they are'), day, removedAfter)).toBe(
        'locked',
      )
    })
  })
})

/** The second counter (R28, G1): all failures since the last success, including those that the lock has reset. */
describe('99 consecutive failures', () => {
  /** So many wrong passwords, the lock and a day without attempts in between as the seed decides. */
  const failuresCounted = async (lock: Lock, seed: number) => {
    const random = seededRandom(seed)
    const simulation = sequenceSimulation(lock, 0)
    await simulation.attempt({ typed: 'right' })
    while (simulation.evaluated() < 1 + 99) {
      await simulation.attempt({ ...wrong, twice: random.chance(0.2) })
      if (random.chance(0.3)) simulation.wait(random.chance(0.5) ? 30 * minute : day)
    }
    const counted = Number(simulation.item()?.consecutive?.N)
    simulation.wait(30 * minute)
    expect(await simulation.attempt({ typed: 'right' })).toBe('right')
    expect(simulation.item()?.consecutive?.N).toBe('0')
    return counted
  }
  const count99 = (lock: Lock) => forEachSeed(100, async (seed) => expect(await failuresCounted(lock, seed)).toBe(99))

  test.each([
    ['passwords', deployedLock],
    ['Secret numbers', deployedSecretNumberLock],
  ])(
    'are counted across locks and days, told once or twice, until a success (%s)',
    async (_kind, lock) => {
      await count99(lock)
    },
    300_000,
  )

  test.each<BrokenEdit>([
    'forgets the failures since the last success with each lock',
    'counts a failure again when it is told again',
  ])('are not with a lock that %s (negative control)', async (name) => {
    await expect(count99(await editedLock(name, secretNumberLock))).rejects.toThrow('replays this')
  })
})

describe('concurrent failures', () => {
  /** Bursts of wrong passwords over a day: that each that was evaluated is counted, once. */
  const countAll = (lock: Lock, faults: Faults) =>
    forEachSeed(50, async (seed) => {
      const simulation = lockSimulation(lock, seed, faults)
      for (let at = 0; at < day; at += simulation.random.between(0, 2 * hour)) {
        for (let guess = 0; guess < 6; guess++) simulation.guess(at + simulation.random.between(0, 200))
      }
      await simulation.run()
      expect(simulation.failuresCounted()).toBe(simulation.evaluations.length)
    })

  test.each([
    ['where nothing goes wrong', noFaults],
    ['with throttles and lost answers', repeatedFaults],
  ])(
    'are each counted once, %s',
    async (_how, faults) => {
      await countAll(deployedLock, faults)
    },
    300_000,
  )

  test('are counted twice with a lock that is not idempotent (negative control)', async () => {
    const broken = await editedLock('counts a failure again when it is told again', secretNumberLock)
    await expect(countAll(broken, repeatedFaults)).rejects.toThrow('replays this')
  })
})
