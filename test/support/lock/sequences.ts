import fc from 'fast-check'
import { day, hour, minute, second } from '../../../shared/domain/time.ts'
import type { Lock } from './lock.ts'
import { referenceLock } from './reference.ts'
import { type Attempt, sequenceSimulation } from './sequence-simulation.ts'

type Step = Attempt | { readonly wait: number } | { readonly untilLockEnds: number } | { readonly reset: 'by email' }

const attempt: fc.Arbitrary<Step> = fc.record({
  typed: fc.oneof({ arbitrary: fc.constant('wrong' as const), weight: 4 }, fc.constant('right' as const)),
  twice: fc.oneof({ arbitrary: fc.constant(false), weight: 3 }, fc.constant(true)),
  death: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 6 },
    fc.constantFrom('in the hash' as const, 'before it settles' as const, 'after it has settled' as const),
  ),
})

/** Instants at which something expires, those just before, and arbitrary others. */
const wait = fc.oneof(
  fc.constantFrom(1, 30 * second - 1, 30 * second, 1799 * second, 1800 * second - 1, 1800 * second),
  fc.constantFrom(day - 1, day, 30 * day, 401 * day),
  fc.nat(40 * minute),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: attempt, weight: 6 },
  fc.record({ wait }),
  fc.record({ untilLockEnds: fc.constantFrom(-1 * second, -1, 0) }),
  fc.record({ reset: fc.constant('by email' as const) }),
)

/** DynamoDB removes expired items immediately, late, or not at all. */
const removedAfter = fc.constantFrom(0, 48 * hour, Number.POSITIVE_INFINITY)

/** In any sequence the lock responds and evaluates like the reference, and writes nothing while locked. */
export const equalsReference = (lock: Lock) =>
  fc.asyncProperty(removedAfter, fc.array(step, { minLength: 1, maxLength: 24 }), async (lag, steps) => {
    const simulation = sequenceSimulation(lock, lag)
    const reference = referenceLock()
    for (const [index, one] of steps.entries()) {
      if ('wait' in one) simulation.wait(one.wait)
      else if ('reset' in one) {
        simulation.reset()
        reference.reset()
      } else if ('untilLockEnds' in one) {
        simulation.wait(Math.max(0, (reference.lockEnd() ?? 0) + one.untilLockEnds - simulation.now()))
      } else {
        const [evaluated, item] = [simulation.evaluated(), simulation.item()]
        const isLocked = simulation.now() < (reference.lockEnd() ?? 0)
        const expected = reference.attempt(simulation.now(), one.typed, one.death)
        const outcome = await simulation.attempt(one)
        const told = `attempt ${index + 1} is ${outcome}`
        if (outcome !== expected) throw new Error(`${told}, but the reference says ${expected}`)
        if (isLocked && simulation.item() !== item) throw new Error(`${told}, and the guard was written`)
        if (isLocked && simulation.evaluated() !== evaluated) throw new Error(`${told}, and the secret was looked at`)
        const count = Number(simulation.item()?.consecutive?.N ?? 0)
        if (lag === Number.POSITIVE_INFINITY && count !== reference.consecutive()) {
          throw new Error(`${told}, and ${count} failures are counted, not ${reference.consecutive()}`)
        }
      }
    }
  })
