import type { Account } from '../domain/account.ts'

/** Account settings that candidates may change without confirmation. */
export type AccountChoices = Pick<Account, 'country' | 'firstLanguage' | 'emailOptIn' | 'language'>

/** Where they are changed. */
export interface ChangeableAccounts {
  /**
   * Writes only the given choices, atomically; returns the updated account, or undefined if that registration no longer
   * exists.
   */
  change(
    account: Pick<Account, 'idNumber' | 'registeredAt'>,
    choices: Partial<AccountChoices>,
  ): Promise<Account | undefined>
}
