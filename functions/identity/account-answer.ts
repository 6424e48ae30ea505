import type { AccountAnswer } from '../../shared/contracts/answers.ts'
import type { Account } from '../../shared/domain/account.ts'
import type { Entry } from '../../shared/domain/entry.ts'

/** What candidates are shown of their own account, with the entry that it claims (R54). */
export const accountAnswer = (account: Account, entry: Entry): AccountAnswer => ({
  idNumber: account.idNumber,
  givenName: entry.givenName,
  familyName: entry.familyName,
  email: account.email,
  emailBounced: account.emailBounced ?? false,
  ...(account.pendingEmail && { pendingEmail: account.pendingEmail.address }),
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
