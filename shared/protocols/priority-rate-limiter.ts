import { second } from '../domain/time.ts'
import type { PriorityRateLimiter } from '../ports/mailers.ts'
import type { Pause } from '../ports/pause.ts'
import type { MailQuota, SendRate } from '../ports/send-rate.ts'
import type { Timer } from '../ports/timer.ts'
import { pausesBeforeRedelivery } from './mail-faults.ts'
import { graceFor, needsExactTurns, usedShare } from './shared-rate-limiter.ts'

export interface PriorityRateLimiterPorts {
  readonly sendRate: Pick<SendRate, 'takePriority'>
  readonly quota: MailQuota
  readonly timer: Timer
  readonly pause: Pause
  /** Called with the reason when a mail is sent without rate limiting. */
  readonly warn: (fault: unknown) => void
}

/** Share of the rate for priority mails while result mails are sent: anybody can trigger account mails for any ID. */
const maxShare = 0.5

/** Milliseconds by which priority mails may be ahead of that share; turns need most of the second that SES saves up. */
const burst = 250

/** Milliseconds without a new turn after which no sender can be waiting for one. */
const idleAfter = 180 * second

/** Milliseconds from the start of a turn to its call, beyond what a priority mail takes: used where turns must be exact. */
const turnLatency = 20

/** For the quota and the write; a security mail is not held back longer by the rate limiter. */
const timeout = 2 * second

/**
 * Rate limiting for account mails: each is sent at once, whatever the API's alarms say, and delays the turns of result
 * mails by what it takes, so that all senders together keep the account's rate. While result mails are sent, account
 * mails are limited to half of the rate, so that a flood of them does not starve the others.
 */
export const priorityRateLimiter = ({
  sendRate,
  quota,
  timer,
  pause,
  warn,
}: PriorityRateLimiterPorts): PriorityRateLimiter => {
  /** Unknown at first: then result mails are taken to be under way. */
  let lastTurnAt = Number.POSITIVE_INFINITY
  const takeOnce = async (): Promise<'granted' | 'over-limit'> => {
    // Of the account's whole rate: headroom and alarms limit result mails only.
    const milliseconds = second / ((await quota.read()).rate * usedShare)
    const now = timer.now()
    const spacing = milliseconds / (now - lastTurnAt < idleAfter ? maxShare : 1)
    const grant = await sendRate.takePriority({ milliseconds, spacing, burst, now, from: now - graceFor(milliseconds) })
    if (grant.outcome === 'over-limit') return 'over-limit'
    lastTurnAt = grant.lastTurnAt
    // In place of the next turn; turns are of one mail each at such a rate.
    if (needsExactTurns(milliseconds)) await timer.wait((Math.max(0, grant.freeAt - now) % milliseconds) + turnLatency)
    return 'granted'
  }
  const timedOut = async (): Promise<never> => {
    await timer.wait(timeout)
    throw new Error(`the rate limiter did not answer within ${timeout} ms`)
  }
  const take = () => Promise.race([takeOnce(), timedOut()])
  return {
    async take() {
      try {
        for (const milliseconds of pausesBeforeRedelivery) {
          if ((await take()) === 'granted') return 'granted'
          await pause(milliseconds)
        }
        return await take()
      } catch (fault) {
        warn(fault)
        return 'granted'
      }
    },
  }
}
