import { second } from '../../../shared/domain/time.ts'
import type { Random } from '../simulation/seeded-random.ts'

/** Faults of one request to a table, each with its probability; otherwise it succeeds. */
export interface Faults {
  /** Throttled: not applied. */
  readonly throttled: number
  /** The connection breaks before the request arrives: not applied. */
  readonly lost: number
  /** The connection breaks before the response arrives: applied. */
  readonly unanswered: number
  /** Like `unanswered`, but applied up to ten seconds later: possibly after its own retry, or after the attempt. */
  readonly delayed: number
  /** Applied, with the response delayed by up to two minutes. */
  readonly slow: number
  /** The function crashes before or after the request, or during a pause or a hash. */
  readonly death: number
  /** Whether the SDK's last retry always succeeds. */
  readonly lastWorks?: true
  /** Maximum clock skew of a function in milliseconds, in either direction. */
  readonly skew: number
}

export const noFaults: Faults = { throttled: 0, lost: 0, unanswered: 0, delayed: 0, slow: 0, death: 0, skew: 0 }

/** Faults that SDK retries can handle: every attempt completes. */
export const repeatedFaults: Faults = { ...noFaults, throttled: 0.02, lost: 0.02, unanswered: 0.03, lastWorks: true }

/** Requests can arrive much later, twice, and out of order. */
export const delays: Faults = { ...noFaults, delayed: 0.3, unanswered: 0.1 }

/** All kinds of faults. */
export const allFaults: Faults = {
  throttled: 0.05,
  lost: 0.03,
  unanswered: 0.05,
  delayed: 0.02,
  slow: 0.02,
  death: 0.05,
  skew: 5 * second,
}

/** All kinds of faults, and responses that are often delayed beyond the time that other attempts wait. */
export const slowFaults: Faults = { ...allFaults, slow: 0.15 }

const kinds = ['throttled', 'lost', 'unanswered', 'delayed', 'slow'] as const

export type Fault = (typeof kinds)[number] | 'dead-before' | 'dead-after' | 'none'

/** Draws the fault of one request. */
export const drawFault = (faults: Faults, random: Random): Fault => {
  if (random.chance(faults.death)) return random.chance(0.5) ? 'dead-before' : 'dead-after'
  let draw = random.next()
  for (const kind of kinds) {
    draw -= faults[kind]
    if (draw < 0) return kind
  }
  return 'none'
}
