import { setTimeout as delay } from 'node:timers/promises'
import type { Timer } from '../../ports/timer.ts'

/** The process's own timer, anchored when it began: it goes on evenly whatever is done to the clock. */
export const systemTimer: Timer = {
  now: () => performance.timeOrigin + performance.now(),
  async wait(milliseconds) {
    if (milliseconds > 0) await delay(milliseconds)
  },
}
