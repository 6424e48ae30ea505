import { expect } from '@jest/globals'
import { lockDuration } from '../../../shared/domain/sign-in-guard.ts'
import { minute, second } from '../../../shared/domain/time.ts'
import { forEachSeed } from '../simulation/seed.ts'
import { type Faults, noFaults } from './faults.ts'
import { deployedSecretNumberLock, type Lock } from './lock.ts'
import { type LockSimulation, lockSimulation } from './lock-simulation.ts'

export interface Attack {
  /** Number of IDs, each with its own schedule. */
  readonly ids: number
  readonly guesses: number
  readonly faults: Faults
}

/** Period in which an ID's guesses are made. */
const hurries = [0, 100, 5 * second, 90 * second]

/** Of so many wrong passwords per ID within 90 seconds at most three are evaluated; without faults, exactly three. */
export const evaluatesThreeOf = (lock: Lock, { ids, guesses, faults }: Attack): Promise<void> =>
  forEachSeed(ids, async (seed) => {
    const simulation = lockSimulation(lock, seed, faults)
    const start = simulation.now()
    const hurry = hurries[simulation.random.below(hurries.length)] as number
    for (let guess = 0; guess < guesses; guess++) simulation.guess(simulation.random.between(0, hurry))
    await simulation.run()
    expect(simulation.now() - start).toBeLessThan(lockDuration)
    if (faults === noFaults) {
      expect(simulation.evaluations).toHaveLength(3)
      expect(simulation.answers.filter((answer) => answer === 'wrong')).toHaveLength(2)
      expect(simulation.locksTold()).toBe(lock === deployedSecretNumberLock ? 0 : 1)
    } else expect(simulation.evaluations.length).toBeLessThanOrEqual(3)
  })

/**
 * Four hours of bursts of guesses and logins, including the owner's right password: checks that within any half hour at
 * most three wrong ones are evaluated without a success in between. (Half an hour less a minute: with clock skew and lost
 * responses a lock can begin slightly before its last failure.)
 */
export const evaluatesThreeInHalfAnHour = (lock: Lock, ids: number, faults: Faults): Promise<void> =>
  forEachSeed(ids, async (seed) => {
    const simulation = lockSimulation(lock, seed, faults)
    for (let at = 0; at < 240 * minute; at += simulation.random.between(0, 35 * minute)) burst(simulation, at)
    await simulation.run()
    expect(maxEvaluatedWithin(29 * minute, simulation)).toBeLessThanOrEqual(3)
  })

const burst = ({ random, guess, logIn }: LockSimulation, at: number) => {
  const attempts = 1 + random.below(8)
  const hurry = [0, second, 20 * second, minute][random.below(4)] as number
  for (let attempt = 0; attempt < attempts; attempt++) {
    const tryIt = random.chance(0.2) ? logIn : guess
    tryIt(at + random.between(0, hurry))
  }
}

/** The maximum number of wrong secrets evaluated within so many milliseconds without a success in between. */
const maxEvaluatedWithin = (milliseconds: number, { evaluations, successes }: LockSimulation): number => {
  const wrong = evaluations.filter(({ right }) => !right).map(({ at }) => at)
  return Math.max(
    0,
    ...wrong.map((last) => {
      const lastSuccess = successes.findLast((at) => at <= last) ?? 0
      return wrong.filter((at) => at > lastSuccess && at > last - milliseconds && at <= last).length
    }),
  )
}
