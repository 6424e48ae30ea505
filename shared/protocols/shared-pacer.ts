import { maxBatchSize } from '../domain/email-batch.ts'
import { second } from '../domain/time.ts'
import type { MailPace, MailQuota, PaceState } from '../ports/mail-pace.ts'
import type { Pacer, Turn } from '../ports/mailers.ts'
import type { Timer } from '../ports/timer.ts'

export interface SharedPacerPorts {
  readonly pace: MailPace
  readonly quota: MailQuota
  readonly timer: Pick<Timer, 'now'>
  /** Mails a second that the service bears, since mail brings log-ins, whatever the account may send. */
  readonly headroom: number
}

/**
 * Part of the rate that is used. The rest is for clocks that differ and for what takes differently long between a turn
 * and its call: 29 ms at one mail a second, where nothing saved up evens it out.
 */
export const usedShare = 0.972

/**
 * Seconds of sending that may be made up for after a pause, where calls are small beside the rate. SES saves up about a
 * second's worth itself; half of that stays untouched.
 */
const madeUpFor = 0.5

/** How far back in time (milliseconds) a reservation of so many milliseconds may start, if that time is free. */
export const graceFor = (milliseconds: number) => Math.min(madeUpFor * second, Math.max(0, second - milliseconds) / 2)

/** Whether SES saves up less than two mails, given the milliseconds that one takes: then turns must be kept exactly. */
export const needsExactTurns = (milliseconds: number) => 2 * milliseconds > second

/**
 * A turn within so many milliseconds is fixed, whatever priority mails come: they take half of that time at most, an
 * eighth of what SES saves up.
 */
const fixedWithin = 250

/**
 * To check a turn again costs a call, 1 % of one for each mail of a full turn: full turns are checked only if there were
 * priority mails since the last one.
 */
const fullTurn = 2 * maxBatchSize

/** While the API is in trouble, mails go at a quarter of the rate: those who are told come to log in. */
const whileInTrouble = 0.25

/**
 * The account's rate as one line of turns that all senders take from: each turn begins where the one before ends, so the
 * rate is kept exactly however many senders there are, however fast each is, and none of it is left to who is away.
 */
export const sharedPacer = ({ pace, quota, timer, headroom }: SharedPacerPorts): Pacer => {
  let inTrouble = false
  let lastDelay: number | undefined
  const rate = async () => {
    const allowed = Math.min((await quota.read()).rate, headroom)
    return allowed * usedShare * (inTrouble ? whileInTrouble : 1)
  }
  return {
    async burst() {
      // Two turns a second at least, so that one that is late or early by a little finds room.
      const inTurn = Math.max(1, Math.floor((await rate()) / 2))
      return inTurn < 2 * maxBatchSize
        ? { calls: 1, mails: Math.min(maxBatchSize, inTurn) }
        : { calls: 2, mails: maxBatchSize }
    },
    async take(mails, releaseId) {
      if ((await quota.read()).leftToday < 1) return { outcome: 'stopped', reason: 'daily-quota' }
      const milliseconds = (mails * second) / (await rate())
      const { startsAt, ...taken } = await pace.take(milliseconds, timer.now() - graceFor(milliseconds))
      const isRechecked = mails < fullTurn || taken.delayed !== lastDelay
      lastDelay = taken.delayed
      const fixed = needsExactTurns(milliseconds / mails) ? 0 : fixedWithin
      const turnOf = ({ alarms, stopped, delayed }: PaceState): Turn => {
        inTrouble = alarms.length > 0
        if (stopped.includes(releaseId)) return { outcome: 'stopped', reason: 'breaker' }
        const inMilliseconds = Math.max(0, startsAt + delayed - taken.delayed - timer.now())
        const recheck = async () => turnOf(await pace.read())
        return { outcome: 'granted', inMilliseconds, ...(isRechecked && inMilliseconds > fixed && { recheck }) }
      }
      return turnOf(taken)
    },
  }
}
