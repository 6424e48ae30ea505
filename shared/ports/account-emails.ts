import type { Delivery } from '../domain/email-batch.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** One account mail, by the event that asked for it. */
export interface AccountEmail {
  readonly eventId: string
  readonly kind: string
  readonly delivery: Delivery
  /** Names the claim, another one each time. */
  readonly attempt: string
  readonly claimedAt: EpochMilliseconds
}

/** Which account mails were sent; the claim comes before the mail. */
export interface AccountEmails {
  /** How it stands, strongly consistent; undefined if it was not claimed, or the claim was taken back. */
  find(eventId: string): Promise<(Pick<AccountEmail, 'claimedAt'> & Pick<Delivery, 'state'>) | undefined>
  /** `present` is the claim that is there already, somebody else's or settled; one's own, repeated, is `claimed`. */
  claim(email: AccountEmail): Promise<{ outcome: 'claimed' } | { outcome: 'present'; email: AccountEmail }>
  /** Only from `claimed` by this attempt; settled already is fine. */
  settle(email: AccountEmail, delivery: Delivery): Promise<void>
  /** Takes the claim back, so that the mail can be tried again. */
  giveUp(email: AccountEmail): Promise<void>
}
