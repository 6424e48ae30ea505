import type { EpochMilliseconds } from '../domain/time.ts'

/** The only source of instants. */
export interface Clock {
  now(): EpochMilliseconds
  /** Resolves once `now()` has reached the instant, never before; polls the clock, so that clock corrections count. */
  sleepUntil(instant: EpochMilliseconds): Promise<void>
}
