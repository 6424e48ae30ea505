import type { Account } from '../domain/account.ts'

/** What candidates may change of their account by asking for it alone. */
export type AccountChoices = Pick<Account, 'country' | 'firstLanguage' | 'emailOptIn' | 'language'>

/** Where they are changed. */
export interface ChangeableAccounts {
  /**
   * Writes the choices given and leaves everything else, in one write; answers the account as it is then, or undefined
   * if that registration is no more.
   */
  change(
    account: Pick<Account, 'idNumber' | 'registeredAt'>,
    choices: Partial<AccountChoices>,
  ): Promise<Account | undefined>
}
