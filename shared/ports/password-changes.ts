import type { DomainEvent } from '../contracts/events.ts'
import type { Account } from '../domain/account.ts'

/** A new password of an account, and the session that asked for it. */
export interface PasswordChange {
  /** As it was when the current password was right. */
  readonly account: Pick<Account, 'idNumber' | 'passwordHash' | 'sessionEpoch'>
  /** PHC string of the new one. */
  readonly passwordHash: string
  /** Every session ends with the old epoch. */
  readonly sessionEpoch: string
  /** The one session that goes on under the new epoch. */
  readonly sessionToken: string
}

/** Where candidates change their own password. */
export interface PasswordChanges {
  /**
   * Writes the password, ends all other sessions and every mailed link, and writes the event, all or nothing; `conflict`
   * if password or session have changed since they were looked at.
   */
  make(change: PasswordChange, event: DomainEvent): Promise<'made' | 'conflict'>
}
