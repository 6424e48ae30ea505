import type { ResetRequest } from './account-token.ts'
import type { Language } from './language.ts'
import type { EpochMilliseconds } from './time.ts'

/** What a candidate registered with (table `accounts`): one account for each ID number (R12). */
export interface Account {
  readonly idNumber: string
  /** Session of the exam, by which accounts are found for a release. */
  readonly session: string
  readonly email: string
  /** Whether mail to the address came back; absent: it did not. */
  readonly emailBounced?: boolean
  /** Whether who reads the address called our mail unwanted. */
  readonly emailComplained?: boolean
  /** PHC string. */
  readonly passwordHash: string
  /** Sessions begun under another epoch are over; a new password, a reset or a new registration changes it. */
  readonly sessionEpoch: string
  /** ISO 3166-1 alpha-2 or `prefer-not-to-say`. */
  readonly country: string
  /** ISO 639 or `prefer-not-to-say`. */
  readonly firstLanguage: string
  /** Whether to mail when results are released (R09). */
  readonly emailOptIn: boolean
  readonly language: Language
  /** Version of the terms that were accepted at `registeredAt` (R08). */
  readonly termsVersion: string
  readonly registeredAt: EpochMilliseconds
  /** Keyed hash of what was submitted, by which the same submit is recognised when it is repeated (R10). */
  readonly registrationHash: string
  /** The newest link to a new password, by the SHA-256 of its token; older ones are dead (R31). */
  readonly resetToken?: { readonly hash: string; readonly expiresAt: EpochMilliseconds }
  /** The newest request that a link was made for, good or not: no earlier one gets another. */
  readonly newestReset?: NewestReset
  /** Where mail is to go once that is confirmed (R55); the token comes with the mail that asks for it. */
  readonly pendingEmail?: {
    readonly address: string
    /** Of the request: its mail alone brings the link. */
    readonly eventId: string
    readonly requestedAt: EpochMilliseconds
    readonly expiresAt: EpochMilliseconds
    readonly tokenHash?: string
  }
  /** The address before the last change, until it has been told by the mail of this event. */
  readonly formerEmail?: { readonly address: string; readonly eventId: string }
}

/** The address that waits to be confirmed, as long as its link can still confirm it. */
export const waitingAddress = (
  { pendingEmail }: Pick<Account, 'pendingEmail'>,
  now: EpochMilliseconds,
): string | undefined => (pendingEmail && now < pendingEmail.expiresAt ? pendingEmail.address : undefined)

/** A request for a link to a new password, and the link that was made for it. */
export interface NewestReset extends ResetRequest {
  readonly tokenHash: string
}

/** The terms of use that a candidate accepts today. */
export const termsVersion = '2026-09-01'
