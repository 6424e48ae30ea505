import type { Account } from '../../../shared/domain/account.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { Entries } from '../../../shared/ports/entries.ts'
import type { ShownAccount } from '../account-answer.ts'

export interface ShowAccountPorts {
  readonly entries: Entries
  readonly clock: Pick<Clock, 'now'>
}

export type ShowAccount = (account: Account) => Promise<ShownAccount>

/** The signed-in candidate's account with its entry; one per ID number (R54). */
export const showAccount =
  ({ entries, clock }: ShowAccountPorts): ShowAccount =>
  async (account) => {
    const entry = await entries.find(account.idNumber)
    if (!entry) throw new Error('an account has no entry')
    return { account, entry, at: clock.now() }
  }
