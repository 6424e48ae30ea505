/** API alarms that slow down result mails, shared by all senders. */
export interface MailAlarms {
  /** `superseded` if a later change of the same alarm has been recorded; `at` in epoch milliseconds. */
  note(alarm: string, isOn: boolean, at: number): Promise<'noted' | 'superseded'>
}
