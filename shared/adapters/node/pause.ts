import { setTimeout as delay } from 'node:timers/promises'
import type { Pause } from '../../ports/pause.ts'

/** By the machine's timers, whatever its clock says. */
export const jitteredPause: Pause = async (milliseconds) => {
  await delay(milliseconds * (0.5 + Math.random() / 2))
}
