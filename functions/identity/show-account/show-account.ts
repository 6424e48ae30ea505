import type { Account } from '../../../shared/domain/account.ts'
import type { Entry } from '../../../shared/domain/entry.ts'
import type { Entries } from '../../../shared/ports/entries.ts'

export type ShowAccount = (account: Account) => Promise<{ readonly account: Account; readonly entry: Entry }>

/** The signed-in candidate's account with the entry it claims; there is one for each ID number (R54). */
export const showAccount =
  ({ entries }: { entries: Entries }): ShowAccount =>
  async (account) => {
    const entry = await entries.find(account.idNumber)
    if (!entry) throw new Error('an account has no entry')
    return { account, entry }
  }
