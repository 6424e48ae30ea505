import type { DomainEvent } from '../contracts/events.ts'
import type { Account } from '../domain/account.ts'

/** Asking for and confirming another email address (R55). */
export interface EmailChanges {
  /**
   * Stores the address as pending, replacing another one, and writes the event, atomically. `not-now`, and nothing is
   * written, from the fourth time within an hour on, or if the account's sessions have been ended meanwhile.
   */
  request(
    change: { readonly account: Account; readonly address: string; readonly askerId: string },
    event: DomainEvent,
  ): Promise<'requested' | 'not-now'>
  /** Uses up the link: activates the pending address, and invalidates password-reset links sent to the old one. */
  confirm(token: string, eventOf: (idNumber: string) => DomainEvent): Promise<'confirmed' | 'expired'>
}
