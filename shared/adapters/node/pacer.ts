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

/** Longer than the second that a rate is about, since calls are under way for different times. */
const window = 1_050

/**
 * Gives each sender its equal share of the rate: so many mails in any window, whatever the others do. Simple, and below
 * the rate whenever fewer senders are at work.
 */
export const sharedPacer = ({ sendRate, senders, now = () => performance.now(), wait = delay }: Pace): Pacer => {
  let recent: { readonly at: number; readonly mails: number }[] = []
  const allowance = async () => {
    const share = (await sendRate()) / senders
    // Less than one mail a second: one, and a longer window.
    return share < 1 ? { mails: 1, within: window / share } : { mails: Math.floor(share), within: window }
  }
  return {
    async largestSlice() {
      const { mails } = await allowance()
      // Equal slices, so that they fill the allowance: 41 three times rather than 50 twice of 125.
      return Math.floor(mails / Math.ceil(mails / largestBatch))
    },
    async take(mails) {
      const { mails: allowed, within } = await allowance()
      for (;;) {
        recent = recent.filter(({ at }) => at + within > now())
        const used = recent.reduce((sum, slice) => sum + slice.mails, 0)
        const [oldest] = recent
        if (!oldest || used + mails <= allowed) break
        await wait(Math.ceil(oldest.at + within - now()))
      }
      recent.push({ at: now(), mails })
    },
  }
}
