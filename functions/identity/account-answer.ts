import type { AccountAnswer } from '../../shared/contracts/answers.ts'
import { type Account, waitingAddress } from '../../shared/domain/account.ts'
import type { Entry } from '../../shared/domain/entry.ts'
import type { EpochMilliseconds } from '../../shared/domain/time.ts'

/** An account with its entry, as they were at an instant. */
export interface ShownAccount {
  readonly account: Account
  readonly entry: Entry
  readonly at: EpochMilliseconds
}

/** The account data that candidates see, with the entry of the account (R54). */
export const accountAnswer = ({ account, entry, at }: ShownAccount): AccountAnswer => ({
  idNumber: account.idNumber,
  givenName: entry.givenName,
  familyName: entry.familyName,
  email: account.email,
  emailBounced: account.emailBounced ?? false,
  ...pendingEmailAt(account, at),
  country: account.country,
  firstLanguage: account.firstLanguage,
  emailOptIn: account.emailOptIn,
  language: account.language,
  entries: [
    {
      session: entry.session,
      exam: entry.exam,
      dateTaken: entry.dateTaken,
      mode: entry.mode,
      centre: entry.centreNumber,
    },
  ],
})

const pendingEmailAt = (account: Account, at: EpochMilliseconds): Pick<AccountAnswer, 'pendingEmail'> => {
  const pendingEmail = waitingAddress(account, at)
  return pendingEmail === undefined ? {} : { pendingEmail }
}
