/** The rate limiter that all senders of the account share. Times are milliseconds of a clock that nobody sets. */
export interface SendRate {
  /** Reserves the next so many milliseconds of sending that are free, from `now` on, atomically. */
  take(milliseconds: number, now: number): Promise<SendRateGrant>
  /** The state now, strongly consistent. */
  read(): Promise<SendRateState>
  /**
   * Reserves sending time ahead of all reserved turns, atomically: later turns start so much later, and holders of turns
   * learn of their delay by `read`. `over-limit`, and nothing is changed, if the priority limit is used up.
   */
  takePriority(request: PriorityRequest): Promise<PriorityGrant>
}

export interface SendRateState {
  /** Total milliseconds by which priority mails have delayed turns; only ever grows. */
  readonly delayed: number
  /** Alarms that are on and that mail would make worse. */
  readonly alarms: readonly string[]
  /** Releases whose mails are stopped until an operator decides. */
  readonly stopped: readonly string[]
}

export interface SendRateGrant extends SendRateState {
  readonly startsAt: number
}

export interface PriorityRequest {
  /** Sending time that the mail takes. */
  readonly milliseconds: number
  /** Between two priority mails on average (the priority limit). */
  readonly spacing: number
  /** How far ahead of that average priority mails may be. */
  readonly burst: number
  readonly now: number
  /** Start of the reservation where nothing is reserved. */
  readonly from: number
}

export type PriorityGrant =
  | {
      readonly outcome: 'granted'
      /** End of the reservations before this one. */
      readonly freeAt: number
      /** When a turn was last taken. */
      readonly lastTurnAt: number
    }
  | { readonly outcome: 'over-limit' }

/** How much the account may send. */
export interface MailQuota {
  /** Mails a second, and mails that the day still allows, as the mail service said within the last minute. */
  read(): Promise<{ readonly rate: number; readonly leftToday: number }>
}
