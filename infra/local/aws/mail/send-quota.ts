import type { LocalClock } from '../../types.ts'

/** The account's SES send quota. */
export interface SendQuota {
  /** Mails per second. */
  readonly rate: number
  /** Mails per 24 hours. */
  readonly daily: number
}

/** Enforces a send quota. */
export interface SendLimiter {
  readonly quota: SendQuota
  /** Consumes quota for a call with so many mails, or returns which limit is exceeded. */
  take(mails: number): 'taken' | 'rate-exceeded'
  /** How many of so many mails the daily quota still allows; they are counted as sent. */
  takeOfDay(mails: number): number
  sentLast24Hours(): number
}

const dayMilliseconds = 86_400_000
const minuteOf = (instant: number) => Math.floor(instant / 60_000)

/**
 * A token bucket in real time, independent of the local clock: its capacity is one second's worth, and a call may
 * overdraw it, so that later calls have to wait. The daily quota uses the local clock.
 */
export const sendLimiter = (
  quota: SendQuota,
  clock: LocalClock,
  realTime: () => number = () => performance.now(),
): SendLimiter => {
  let saved = quota.rate
  let countedAt = realTime()
  /** Counted per minute, so that a day of mail is a short list. */
  const sent = new Map<number, number>()

  const sentLast24Hours = () => {
    const start = minuteOf(clock.now() - dayMilliseconds)
    for (const minute of sent.keys()) {
      if (minute <= start) sent.delete(minute)
    }
    return sent.values().reduce((sum, mails) => sum + mails, 0)
  }

  return {
    quota,
    sentLast24Hours,
    take(mails) {
      const now = realTime()
      saved = Math.min(quota.rate, saved + ((now - countedAt) / 1_000) * quota.rate)
      countedAt = now
      if (saved < Math.min(1, mails)) return 'rate-exceeded'
      saved -= mails
      return 'taken'
    },
    takeOfDay(mails) {
      const allowed = Math.max(0, Math.min(mails, quota.daily - sentLast24Hours()))
      const minute = minuteOf(clock.now())
      sent.set(minute, (sent.get(minute) ?? 0) + allowed)
      return allowed
    },
  }
}
