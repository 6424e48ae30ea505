import type { LocalClock } from '../../types.ts'

/** How much mail the account may send, as SES allows it. */
export interface SendQuota {
  /** Mails a second. */
  readonly rate: number
  /** Mails in 24 hours. */
  readonly daily: number
}

/** Keeps to a quota. */
export interface SendLimiter {
  readonly quota: SendQuota
  /** Takes what a call of so many mails needs, or answers what is exceeded. */
  take(mails: number): 'taken' | 'rate-exceeded'
  /** How many of so many mails the day still allows; they count as sent. */
  takeOfDay(mails: number): number
  sentLast24Hours(): number
}

const dayMilliseconds = 86_400_000
const minuteOf = (instant: number) => Math.floor(instant / 60_000)

/**
 * The rate holds in real time, whatever the local clock shows: a second's worth may be saved up, and a call may take
 * more than is there, which the calls after it wait for. The day is the local clock's.
 */
export const sendLimiter = (
  quota: SendQuota,
  clock: LocalClock,
  realTime: () => number = () => performance.now(),
): SendLimiter => {
  let saved = quota.rate
  let countedAt = realTime()
  /** By minute, so that a day of mail is a short list. */
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
