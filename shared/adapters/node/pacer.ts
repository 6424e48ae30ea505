import { setTimeout as delay } from 'node:timers/promises'
import { largestBatch } from '../../domain/email-batch.ts'
import type { Pacer } from '../../ports/mailers.ts'

export interface Pace {
  /** Mails a second that the account may send, all senders together. */
  readonly sendRate: () => Promise<number>
  /** How many processes send at the same time. */
  readonly senders: number
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number
  readonly wait?: (milliseconds: number) => Promise<unknown>
}

/** Left unused, so that two senders' calls that meet in one second do not add up to more than the rate. */
const headroom = 0.05

/**
 * Gives each sender its equal share of the rate, evenly: a slice of mails, then the time that so many may take. Simple,
 * and below the rate whenever fewer senders are at work.
 */
export const evenPacer = ({ sendRate, senders, now = () => performance.now(), wait = delay }: Pace): Pacer => {
  let free = 0
  const share = async () => (await sendRate()) / senders
  return {
    largestSlice: async () => Math.max(1, Math.min(largestBatch, Math.floor(await share()))),
    async take(mails) {
      const lasts = (mails / ((await share()) * (1 - headroom))) * 1_000
      const from = Math.max(now(), free)
      free = from + lasts
      // Timers may fire a millisecond early.
      for (let left = from - now(); left > 0; left = from - now()) await wait(Math.ceil(left))
    },
  }
}
