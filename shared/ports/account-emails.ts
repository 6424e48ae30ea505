import type { Delivery } from '../domain/email-batch.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** One account mail, identified by the event that caused it. */
export interface AccountEmail {
  readonly eventId: string
  readonly kind: string
  readonly delivery: Delivery
  /** Unique id of the claim. */
  readonly attempt: string
  readonly claimedAt: EpochMilliseconds
}

/** Which account mails were sent; the claim comes before the mail. */
export interface AccountEmails {
  /** The mail's state, strongly consistent; undefined if it was not claimed, or the claim was released. */
  find(eventId: string): Promise<(Pick<AccountEmail, 'claimedAt'> & Pick<Delivery, 'state'>) | undefined>
  /** `present` with the existing claim, another sender's or settled; a repeat of one's own claim is `claimed`. */
  claim(email: AccountEmail): Promise<{ outcome: 'claimed' } | { outcome: 'present'; email: AccountEmail }>
  /** Only from `claimed` by this attempt; idempotent. */
  settle(email: AccountEmail, delivery: Delivery): Promise<void>
  /** Releases the claim, so that the mail can be retried. */
  giveUp(email: AccountEmail): Promise<void>
}
