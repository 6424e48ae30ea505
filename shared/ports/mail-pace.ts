/** What all senders of the account share: when the next mails may go, and what slows or stops them. */
export interface MailPace {
  /**
   * Takes the next so many milliseconds of sending that nobody has taken, from `now` on, atomically. Milliseconds of a
   * clock that nobody sets.
   */
  take(milliseconds: number, now: number): Promise<PaceGrant>
}

export interface PaceGrant {
  readonly startsAt: number
  /** Alarms that are on and that mail would make worse. */
  readonly alarms: readonly string[]
  /** Releases whose mails are stopped until an operator decides. */
  readonly stopped: readonly string[]
}

/** How much the account may send. */
export interface MailQuota {
  /** Mails a second, and mails that the day still allows, as the mail service said within the last minute. */
  read(): Promise<{ readonly rate: number; readonly leftToday: number }>
}
