import { type EpochMilliseconds, epochMilliseconds, later } from '../../shared/domain/time.ts'
import type { Clock } from '../../shared/ports/clock.ts'

/** A manual clock: it only moves when told to, and wakes sleepers when it reaches their instants. */
export const manualClock = (start = '2026-11-23T09:00:00.000Z') => {
  let now = epochMilliseconds(Date.parse(start))
  const sleepers = new Set<{ until: EpochMilliseconds; wake: () => void }>()
  const moveTo = (instant: EpochMilliseconds) => {
    now = instant
    for (const sleeper of sleepers) {
      if (sleeper.until > now) continue
      sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
  return {
    now: () => now,
    sleepUntil: (until: EpochMilliseconds) =>
      until <= now ? Promise.resolve() : new Promise<void>((wake) => sleepers.add({ until, wake })),
    moveTo,
    /** Forward by milliseconds. */
    advance: (milliseconds: number) => moveTo(later(now, milliseconds)),
  } satisfies Clock & Record<string, unknown>
}
