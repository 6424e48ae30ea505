import { maxBatchSize } from '../domain/email-batch.ts'
import { second } from '../domain/time.ts'
import type { RateLimiter, Turn } from '../ports/mailers.ts'
import type { MailQuota, SendRate, SendRateState } from '../ports/send-rate.ts'
import type { Timer } from '../ports/timer.ts'

export interface SharedRateLimiterPorts {
  readonly sendRate: SendRate
  readonly quota: MailQuota
  readonly timer: Pick<Timer, 'now'>
  /** Upper limit of mails a second, whatever the account may send, since each mail brings a log-in. */
  readonly headroom: number
}

/**
 * Part of the rate that is used. The margin covers clock skew and the varying delay between a turn and its call: 29 ms at one
 * mail a second, where SES saves up nothing that would absorb it.
 */
export const usedShare = 0.972

/**
 * Seconds of unused sending that may be made up for after a pause, if calls are small compared with the rate. SES itself saves
 * up about a second's worth; half of that is left as a margin.
 */
const madeUpFor = 0.5

/** How far back in time (milliseconds) a reservation of so many milliseconds may start, if that time is free. */
export const graceFor = (milliseconds: number) => Math.min(madeUpFor * second, Math.max(0, second - milliseconds) / 2)

/** Whether SES saves up less than two mails, given the milliseconds that one takes: then turns must be kept exactly. */
export const needsExactTurns = (milliseconds: number) => 2 * milliseconds > second

/**
 * A turn this near (milliseconds) is not rechecked for priority mails: they take at most half of that time, an eighth of what
 * SES saves up.
 */
const fixedWithin = 250

/**
 * Rechecking a turn costs a call, or 1 % of one per mail of a full turn: full turns are rechecked only if there were priority
 * mails since the last one.
 */
const fullTurn = 2 * maxBatchSize

/** Part of the rate that is used while an alarm of the API is on, since each mail brings a log-in. */
const shareDuringAlarm = 0.25

/**
 * A rate limiter that all senders share: each turn starts where the previous one ends, so the rate is kept exactly, however
 * many senders there are and however fast each is, and no share is reserved for an idle sender.
 */
export const sharedRateLimiter = ({ sendRate, quota, timer, headroom }: SharedRateLimiterPorts): RateLimiter => {
  let hasAlarm = false
  let lastDelay: number | undefined
  const rate = async () => {
    const allowed = Math.min((await quota.read()).rate, headroom)
    return allowed * usedShare * (hasAlarm ? shareDuringAlarm : 1)
  }
  return {
    async burst() {
      // At least two turns a second, as a tolerance for turns that are slightly late or early.
      const inTurn = Math.max(1, Math.floor((await rate()) / 2))
      return inTurn < 2 * maxBatchSize
        ? { calls: 1, mails: Math.min(maxBatchSize, inTurn) }
        : { calls: 2, mails: maxBatchSize }
    },
    async take(mails, releaseId) {
      if ((await quota.read()).leftToday < 1) return { outcome: 'stopped', reason: 'daily-quota' }
      const milliseconds = (mails * second) / (await rate())
      const { startsAt, ...taken } = await sendRate.take(milliseconds, timer.now() - graceFor(milliseconds))
      const isRechecked = mails < fullTurn || taken.delayed !== lastDelay
      lastDelay = taken.delayed
      const fixed = needsExactTurns(milliseconds / mails) ? 0 : fixedWithin
      const turnOf = ({ alarms, stopped, delayed }: SendRateState): Turn => {
        hasAlarm = alarms.length > 0
        if (stopped.includes(releaseId)) return { outcome: 'stopped', reason: 'breaker' }
        const inMilliseconds = Math.max(0, startsAt + delayed - taken.delayed - timer.now())
        const recheck = async () => turnOf(await sendRate.read())
        return { outcome: 'granted', inMilliseconds, ...(isRechecked && inMilliseconds > fixed && { recheck }) }
      }
      return turnOf(taken)
    },
  }
}
