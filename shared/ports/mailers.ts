import type { ResultMailKind } from '../contracts/mail.ts'

/** What one attempt to hand a mail over came to; there is no second attempt in it. */
export type MailOutcome =
  | { readonly outcome: 'accepted'; readonly messageId: string }
  /** Certainly not sent, and this very mail never will be. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** Certainly not sent; may be tried again. */
  | { readonly outcome: 'not-taken'; readonly reason: string; readonly because: Obstacle }
  /** Perhaps sent: no answer came, or none that can be trusted. */
  | { readonly outcome: 'unknown'; readonly reason: string }

/** What kept a mail from being taken. */
export type Obstacle =
  /** Too many at once: soon. */
  | 'throttled'
  /** Too many today: later. */
  | 'daily-quota'
  /** The account or its configuration: once somebody has put it right. */
  | 'service'
  /** The call as such was refused, perhaps for one of its mails. */
  | 'call'

/** The mail that tells one candidate of a release. */
export interface ResultMail {
  readonly to: string
  /** `deliveryTag` of the mail. */
  readonly delivery: string
  /** `addressMark` of delivery and address. */
  readonly addressMark: string
  /** Where a POST ends such mails to this reader (RFC 8058). */
  readonly unsubscribeUrl: string
  /** What the template's variables stand for. */
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
    addressMark: string
    subject: string
    text: string
    html: string
  }): Promise<MailOutcome>
}

/** Keeps all senders together at the account's send rate. */
export interface Pacer {
  /** How many calls may be made at once at most, and how many mails may go in each. */
  burst(): Promise<{ readonly calls: number; readonly mails: number }>
  /** Takes a turn for so many mails of a release. */
  take(mails: number, releaseId: string): Promise<Turn>
}

export type Turn =
  | {
      /** They may go in so many milliseconds. */
      readonly outcome: 'granted'
      readonly inMilliseconds: number
      /** To be called after the wait: whether priority mails have delayed the turn meanwhile. Absent if the turn is fixed. */
      readonly recheck?: () => Promise<Turn>
    }
  /** Not now; the reason is for people. */
  | { readonly outcome: 'stopped'; readonly reason: 'daily-quota' | 'breaker' }

/** Rate limiting for mails that take precedence over those that wait for a turn. */
export interface PriorityPacer {
  /**
   * Resolves when one mail may be sent, normally at once; `over-limit` if the priority limit is still used up after some
   * seconds. Never throws: if the rate limiter fails, the mail is granted.
   */
  take(): Promise<'granted' | 'over-limit'>
}
