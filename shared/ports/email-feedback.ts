import type { Feedback } from '../domain/email-batch.ts'
import type { MailHealth } from '../domain/email-standing.ts'

/** What was added to a batch, by position. */
export interface AddedFeedback {
  /** What had not been told before. */
  readonly fresh: Feedback
  /** Mails of which nothing had been told before. */
  readonly firstTold: number
  /** Whose mails they are, by position. */
  readonly ids: readonly string[]
}

/** What the mail service tells of result mails. */
export interface EmailFeedback {
  /** Adds to the batch what was told; in any order, any number of times. Undefined where there is no such batch. */
  add(scope: string, item: string, feedback: Feedback): Promise<AddedFeedback | undefined>
  /** Counts into a release's health what was told for the first time, and answers how it stands since it was last looked at by an operator. */
  count(releaseId: string, scope: string, fresh: MailHealth): Promise<MailHealth>
  /** Stops the mails of a release until an operator decides. Idempotent; true if they were not stopped before. */
  stop(releaseId: string): Promise<boolean>
}

/** Addresses to which mail does not get through, or is not wanted. */
export interface MailedAddresses {
  /** Marks the account's address, if it is still the one that the mail went to. */
  mark(idNumber: string, what: 'bounced' | 'complained', isTheOne: (address: string) => boolean): Promise<void>
}

/** Events that were told not long ago, by their ids. */
export interface ToldEvents {
  /** Whom it is about; undefined once it has expired. */
  subjectOf(eventId: string): Promise<string | undefined>
}
