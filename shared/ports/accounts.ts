import type { DomainEvent } from '../contracts/events.ts'
import type { Account } from '../domain/account.ts'

/** Candidates' accounts, by ID number. */
export interface Accounts {
  /** Strongly consistent. */
  find(idNumber: string): Promise<Account | undefined>
}

/** Who is registered, for whom the rest of an account is no business of theirs. */
export interface RegisteredIds {
  /** Strongly consistent. */
  has(idNumber: string): Promise<boolean>
}

/** Where accounts come into being. */
export interface NewAccounts {
  /**
   * Writes the account and the event that tells of it, both or neither; `taken` with what tells a repeated submit from
   * another, `no-entry` if the entry that it claims has been deleted.
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
