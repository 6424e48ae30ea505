/** Alarms that mail would make worse, as all senders see them. */
export interface MailAlarms {
  /** `overtaken` where a later change of the same alarm has been noted; `at` in epoch milliseconds. */
  note(alarm: string, isOn: boolean, at: number): Promise<'noted' | 'overtaken'>
}
