import { setTimeout as delay } from 'node:timers/promises'
import { epochMilliseconds } from '../../domain/time.ts'
import type { Clock } from '../../ports/clock.ts'

/** The machine's clock. Sleeps in short steps, since a long timer would not notice a clock that was set. */
export const systemClock: Clock = {
  now: () => epochMilliseconds(Date.now()),
  async sleepUntil(instant) {
    for (let left = instant - Date.now(); left > 0; left = instant - Date.now()) {
      await delay(Math.min(left, 100))
    }
  },
}
