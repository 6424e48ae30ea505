import type { NewestReset } from '../domain/account.ts'
import type { ResetRequest } from '../domain/account-token.ts'

/** A link to a new password that is to be made. */
export interface ResetLink {
  readonly idNumber: string
  readonly request: ResetRequest
  /** Where it is to be sent. */
  readonly address: string
  /** The newest before it, as it was read with the address. */
  readonly after: NewestReset | undefined
}

/** What the sender of account mails notes on accounts. Tokens leave it in mails alone. */
export interface MailedAccounts {
  /**
   * A new link to a new password; older ones are dead from now on. Undefined, and nothing written, if there is no account,
   * its mail goes to another address by now, or another link has been made meanwhile.
   */
  issueResetToken(link: ResetLink): Promise<string | undefined>
  /** A new link that confirms the address that this event asks for. Undefined if it is not pending any more. */
  issueEmailToken(idNumber: string, eventId: string): Promise<string | undefined>
  /** Forgets the address that was told by the event's mail; another one stays. */
  forgetFormerEmail(idNumber: string, eventId: string): Promise<void>
}
