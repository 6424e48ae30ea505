import type { NewestReset } from '../domain/account.ts'

/** A registered candidate as the recipient of a mail. */
export interface Addressee {
  readonly idNumber: string
  readonly email: string
  readonly emailOptIn: boolean
  /** Mail to the address bounced permanently, or was reported as spam. */
  readonly emailBounced?: true
  readonly emailComplained?: true
  /** As stored; may be a language that the service does not support. */
  readonly language: string
  /** Given name, or the family name where there is no other; never empty. */
  readonly name: string
  /** Code in the catalogue. */
  readonly exam: string
  /** The pending address (R55), and the event that requested it. */
  readonly pendingEmail?: { readonly address: string; readonly eventId: string }
  /** The newest password-reset link that was created. */
  readonly newestReset?: NewestReset
  /** The address before the change, and the event of the change. */
  readonly formerEmail?: { readonly address: string; readonly eventId: string }
}

/** Recipients of mails, read immediately before sending. */
export interface Addressees {
  /** Strongly consistent; IDs without an account or an entry are absent. */
  find(idNumbers: readonly string[]): Promise<ReadonlyMap<string, Addressee>>
}
