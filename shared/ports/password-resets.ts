import type { DomainEvent } from '../contracts/events.ts'
import type { Account } from '../domain/account.ts'

/** Asking for and using links to a new password. */
export interface PasswordResets {
  /**
   * Counts that somebody asks for a link, the same for every ID, known or not; `too-many` from the fourth time within an
   * hour on. `askerId` is what the ID's requests are counted under.
   */
  count(askerId: string): Promise<'counted' | 'too-many'>
  /** Tells of it. One that was counted and, by a crash, not told has to be asked for again. */
  tell(event: DomainEvent): Promise<void>
  /** Whose link this is, if it is the newest, unused and not too old. Changes nothing. */
  find(token: string): Promise<Account | undefined>
  /**
   * Uses the link up: sets the password, ends every session, drops a change of address that is not confirmed yet, lifts
   * the lock and tells of it, all or nothing. Of any number of uses one is `used`.
   */
  use(
    link: {
      readonly token: string
      readonly idNumber: string
      readonly passwordHash: string
      readonly sessionEpoch: string
      /** Of the account's passwords. */
      readonly guardId: string
    },
    event: DomainEvent,
  ): Promise<'used' | 'expired'>
}
