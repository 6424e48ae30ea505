import type { MailHealth } from '../domain/delivery-status.ts'
import type { Feedback } from '../domain/email-batch.ts'

/** Mails that went wrong, by position in their batch. */
export type FailedMails = Readonly<Record<'bounced' | 'complained', ReadonlySet<number>>>

/** What was added to a batch, by position. */
export interface AddedFeedback {
  /** Of what was told, what is not counted yet. */
  readonly uncounted: FailedMails
  /** Mails of which nothing had been told before. */
  readonly firstTold: number
  /** Whose mails they are, by position. */
  readonly ids: readonly string[]
}

/** Feedback of the mail service about result mails. */
export interface EmailFeedback {
  /** Adds to the batch what was told; in any order, any number of times. Undefined where there is no such batch. */
  add(scope: string, item: string, feedback: Feedback): Promise<AddedFeedback | undefined>
  /**
   * Counts into the release's health. Each failed mail is counted exactly once, however often it is given and whatever
   * response is lost; a mail that is told for the first time, once at most.
   */
  count(
    batch: { readonly scope: string; readonly item: string },
    added: Pick<AddedFeedback, 'firstTold' | 'uncounted'>,
  ): Promise<void>
  /** How a release's mails stand since an operator last looked at it. */
  health(releaseId: string): Promise<MailHealth>
  /** Stops the mails of a release until an operator decides. Idempotent; true if they were not stopped before. */
  stop(releaseId: string): Promise<boolean>
}

/** Addresses that bounced, or reported mail as spam. */
export interface MailedAddresses {
  /** Marks the account's address, if it still is the one that the mail was sent to. */
  mark(idNumber: string, what: 'bounced' | 'complained', isTheOne: (address: string) => boolean): Promise<void>
}

/** Recently published events, by id. */
export interface PublishedEvents {
  /** The event's ID number; undefined once the event has expired. */
  subjectOf(eventId: string): Promise<string | undefined>
}
