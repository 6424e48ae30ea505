import type { ResultMailKind } from '../contracts/mail.ts'

/** The outcome of one attempt, without retries, to send a mail. */
export type MailOutcome =
  | { readonly outcome: 'accepted'; readonly messageId: string }
  /** Certainly not sent; permanent. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** Certainly not sent; may be retried. */
  | { readonly outcome: 'not-taken'; readonly reason: string; readonly because: Obstacle }
  /** Possibly sent: no response, or an inconclusive one. */
  | { readonly outcome: 'unknown'; readonly reason: string }

/** Why a mail was not accepted. */
export type Obstacle =
  /** Send rate exceeded; retry soon. */
  | 'throttled'
  /** Daily quota used up; retry later. */
  | 'daily-quota'
  /** The account or its configuration, until somebody fixes it. */
  | 'service'
  /** The call as a whole was refused, perhaps because of one of its mails. */
  | 'call'

/** The mail that notifies one candidate of a release. */
export interface ResultMail {
  readonly to: string
  /** `deliveryTag` of the mail. */
  readonly delivery: string
  /** `addressFingerprint` of delivery and address. */
  readonly addressFingerprint: string
  /** URL for a one-click unsubscribe POST (RFC 8058). */
  readonly unsubscribeUrl: string
  /** Values of the template's variables. */
  readonly variables: Readonly<Record<string, string>>
}

export interface ResultMailer {
  /** One call for up to 50 mails in one language; answers an outcome for each, in order. Never throws for what the mail service answered. */
  send(bulk: {
    readonly kind: ResultMailKind
    /** The release, or the correction of it. */
    readonly mailingId: string
    readonly language: string
    readonly mails: readonly ResultMail[]
  }): Promise<readonly MailOutcome[]>
}

export interface AccountMailer {
  /** One call for one mail; never throws for what the mail service answered. */
  send(mail: {
    to: string
    kind: string
    /** By which SES's events are found again: the event and the part of it. */
    eventId: string
    addressFingerprint: string
    subject: string
    text: string
    html: string
  }): Promise<MailOutcome>
}

/** Rate limiting for result mails, across all senders. */
export interface RateLimiter {
  /** The maximum number of concurrent calls, and of mails in each. */
  burst(): Promise<{ readonly calls: number; readonly mails: number }>
  /** Reserves a turn for so many mails of a release. */
  take(mails: number, releaseId: string): Promise<Turn>
}

export type Turn =
  | {
      /** The mails may be sent in so many milliseconds. */
      readonly outcome: 'granted'
      readonly inMilliseconds: number
      /** To be called after the wait: whether priority mails have delayed the turn meanwhile. Absent if the turn is fixed. */
      readonly recheck?: () => Promise<Turn>
    }
  /** Not now; deferred for this reason. */
  | { readonly outcome: 'stopped'; readonly reason: 'daily-quota' | 'breaker' }

/** Rate limiting for mails that take precedence over those that wait for a turn. */
export interface PriorityRateLimiter {
  /**
   * Resolves when one mail may be sent, normally at once; `over-limit` if the priority limit is still used up after some
   * seconds. Never throws: if the rate limiter fails, the mail is granted.
   */
  take(): Promise<'granted' | 'over-limit'>
}
