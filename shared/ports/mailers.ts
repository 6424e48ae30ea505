/** What one attempt to hand a mail over came to; there is no second attempt in it. */
export type MailOutcome =
  | { readonly outcome: 'accepted'; readonly messageId: string }
  /** Certainly not sent, and this very mail never will be. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** Certainly not sent; may be tried again (throttled, paused, misconfigured). */
  | { readonly outcome: 'not-taken'; readonly reason: string }
  /** Perhaps sent: no answer came, or none that can be trusted. */
  | { readonly outcome: 'unknown'; readonly reason: string }

/** The mail that tells one candidate of a release. */
export interface ResultMail {
  readonly to: string
  /** `deliveryTag` of the mail. */
  readonly delivery: string
  /** What the template's variables stand for. */
  readonly variables: Readonly<Record<string, string>>
}

export interface ResultMailer {
  /** One call for up to 50 mails in one language; answers an outcome for each, in order. Never throws for what the mail service answered. */
  send(bulk: { releaseId: string; language: string; mails: readonly ResultMail[] }): Promise<readonly MailOutcome[]>
}

export interface AccountMailer {
  /** One call for one mail; never throws for what the mail service answered. */
  send(mail: { to: string; kind: string; subject: string; text: string; html: string }): Promise<MailOutcome>
}

/** Keeps all senders together below the account's send rate. */
export interface Pacer {
  /** So many mails may go in one call at most. */
  largestSlice(): Promise<number>
  /** Returns when so many mails may be sent. */
  take(mails: number): Promise<void>
}
