import type { NewestReset } from '../domain/account.ts'

/** A registered candidate as a mail addresses them. */
export interface Addressee {
  readonly idNumber: string
  readonly email: string
  readonly emailOptIn: boolean
  /** Mail to the address came back for good, or was called unwanted by who got it. */
  readonly emailBounced?: true
  readonly emailComplained?: true
  /** Whether the account's language is known to the service is for the mail to say. */
  readonly language: string
  /** Given name, or the family name where there is no other; never empty. */
  readonly name: string
  /** Code in the catalogue. */
  readonly exam: string
  /** An address that waits to be confirmed (R55), and the event that asks for it. */
  readonly pendingEmail?: { readonly address: string; readonly eventId: string }
  /** The newest link to a new password that was made. */
  readonly newestReset?: NewestReset
  /** The address before the change that this event tells of. */
  readonly formerEmail?: { readonly address: string; readonly eventId: string }
}

/** Who mails go to, read at the last moment. */
export interface Addressees {
  /** Strongly consistent; IDs without an account or an entry are absent. */
  find(idNumbers: readonly string[]): Promise<ReadonlyMap<string, Addressee>>
}
