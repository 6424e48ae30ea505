import type { MailAlarms } from '../../../shared/ports/mail-alarms.ts'

export interface AlarmChange {
  readonly alarm: string
  /** As CloudWatch names it: `ALARM`, `OK` or `INSUFFICIENT_DATA`. */
  readonly state: string
  /** ISO 8601. */
  readonly time: string
}

export type HeedAlarm = (change: AlarmChange) => Promise<'slowed-down' | 'let-go' | 'overtaken'>

/** Slows mails down while an alarm of the API is on: who is told comes to log in. In any order, any number of times. */
export const heedAlarm =
  ({ alarms }: { readonly alarms: MailAlarms }): HeedAlarm =>
  async ({ alarm, state, time }) => {
    const isOn = state === 'ALARM'
    if ((await alarms.note(alarm, isOn, Date.parse(time))) === 'overtaken') return 'overtaken'
    return isOn ? 'slowed-down' : 'let-go'
  }
