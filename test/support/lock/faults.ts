import { second } from '../../../shared/domain/time.ts'
import type { Random } from '../simulation/seeded-random.ts'

/** What can happen to one request on its way to a table and back, each with its probability; else it works. */
export interface Faults {
  /** Refused for want of capacity: not applied. */
  readonly throttled: number
  /** The connection breaks before the table has it: not applied. */
  readonly lost: number
  /** The connection breaks before the answer is there: applied. */
  readonly unanswered: number
  /** As unanswered, and applied only after up to ten seconds: perhaps after its own repetition, or after the attempt. */
  readonly delayed: number
  /** Applied, and answered after up to two minutes. */
  readonly slow: number
  /** The function dies before the request, after it, or in a pause or a hash. */
  readonly death: number
  /** Whether the SDK's last repetition works whatever happened to those before. */
  readonly lastWorks?: true
  /** How far a function's clock may be wrong, in milliseconds, in either direction. */
  readonly skew: number
}

export const noFaults: Faults = { throttled: 0, lost: 0, unanswered: 0, delayed: 0, slow: 0, death: 0, skew: 0 }

/** What the SDK's repetitions deal with: every attempt comes to its end. */
export const repeatedFaults: Faults = { ...noFaults, throttled: 0.02, lost: 0.02, unanswered: 0.03, lastWorks: true }

/** Whatever is sent may arrive much later, twice, and out of turn. */
export const delays: Faults = { ...noFaults, delayed: 0.3, unanswered: 0.1 }

/** Everything together. */
export const allFaults: Faults = {
  throttled: 0.05,
  lost: 0.03,
  unanswered: 0.05,
  delayed: 0.02,
  slow: 0.02,
  death: 0.05,
  skew: 5 * second,
}

/** Everything together, and a table that often keeps functions waiting for longer than others wait for them. */
export const slowFaults: Faults = { ...allFaults, slow: 0.15 }

const kinds = ['throttled', 'lost', 'unanswered', 'delayed', 'slow'] as const

export type Fault = (typeof kinds)[number] | 'dead-before' | 'dead-after' | 'none'

/** The fault of one request. */
export const drawFault = (faults: Faults, random: Random): Fault => {
  if (random.chance(faults.death)) return random.chance(0.5) ? 'dead-before' : 'dead-after'
  let draw = random.next()
  for (const kind of kinds) {
    draw -= faults[kind]
    if (draw < 0) return kind
  }
  return 'none'
}
