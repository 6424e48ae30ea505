import type { DomainEvent } from '../contracts/events.ts'
import type { Account } from '../domain/account.ts'

/** Candidates' accounts, by ID number. */
export interface Accounts {
  /** Strongly consistent. */
  find(idNumber: string): Promise<Account | undefined>
}

/** Whether an ID is registered, for functions that may not read accounts otherwise. */
export interface RegisteredIds {
  /** Strongly consistent. */
  has(idNumber: string): Promise<boolean>
}

/** Creates accounts. */
export interface NewAccounts {
  /**
   * Writes the account and its event, atomically; `taken` with the fields that identify a repeated submission, `no-entry` if
   * the entry has been deleted.
   */
  create(
    account: Account,
    event: DomainEvent,
  ): Promise<
    | { readonly outcome: 'created' }
    | { readonly outcome: 'taken'; readonly by: Pick<Account, 'registrationHash' | 'registeredAt'> }
    | { readonly outcome: 'no-entry' }
  >
}
