import type { MailAlarms } from '../../../shared/ports/mail-alarms.ts'

export interface AlarmChange {
  readonly alarm: string
  /** As CloudWatch names it: `ALARM`, `OK` or `INSUFFICIENT_DATA`. */
  readonly state: string
  /** ISO 8601. */
  readonly time: string
}

export type ThrottleOnAlarm = (change: AlarmChange) => Promise<'throttled' | 'unthrottled' | 'superseded'>

/** Slows result mails down while an alarm of the API is on, since each mail brings a log-in. Idempotent, in any order. */
export const throttleOnAlarm =
  ({ alarms }: { readonly alarms: MailAlarms }): ThrottleOnAlarm =>
  async ({ alarm, state, time }) => {
    const isOn = state === 'ALARM'
    if ((await alarms.note(alarm, isOn, Date.parse(time))) === 'superseded') return 'superseded'
    return isOn ? 'throttled' : 'unthrottled'
  }
