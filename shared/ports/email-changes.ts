import type { DomainEvent } from '../contracts/events.ts'
import type { Account } from '../domain/account.ts'

/** Asking for and confirming another email address (R55). */
export interface EmailChanges {
  /**
   * Notes the address as pending, in place of another one, and tells of it, both or neither. `not-now`, and nothing is
   * written, from the fourth time within an hour on, or if the account's sessions have been ended meanwhile.
   */
  request(
    change: { readonly account: Account; readonly address: string; readonly askerId: string },
    event: DomainEvent,
  ): Promise<'requested' | 'not-now'>
  /** Uses the link up: the pending address is in force, and links to a new password that the old one was sent are dead. */
  confirm(token: string, eventOf: (idNumber: string) => DomainEvent): Promise<'confirmed' | 'expired'>
}
