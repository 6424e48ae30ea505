import type { EpochMilliseconds } from '../domain/time.ts'

/** The only source of instants. */
export interface Clock {
  now(): EpochMilliseconds
  /** Resolves once `now()` has reached the instant, never before; reads the clock again and again, so that a corrected clock counts. */
  sleepUntil(instant: EpochMilliseconds): Promise<void>
}
