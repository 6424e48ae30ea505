/** What the sender of account mails notes on accounts. Tokens leave it in mails alone. */
export interface MailedAccounts {
  /** A new link to a new password; older ones are dead from now on. Undefined if there is no account. */
  issueResetToken(idNumber: string): Promise<string | undefined>
  /** A new link that confirms this pending address. Undefined if it is not pending any more. */
  issueEmailToken(idNumber: string, address: string): Promise<string | undefined>
  /** Forgets the address that was told by the event's mail; another one stays. */
  forgetFormerEmail(idNumber: string, eventId: string): Promise<void>
}
