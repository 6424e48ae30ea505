import type { AccountAnswer } from '../../../shared/contracts/answers.ts'
import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import type { Entry } from '../../../shared/domain/entry.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import type { ShowAccount } from './show-account.ts'

export const showAccountHandler = (showAccount: ShowAccount, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.showAccount, options, async ({ caller }) => {
    const { account, entry } = await showAccount(caller)
    return { status: 200, body: accountAnswer(account, entry) }
  })

const accountAnswer = (account: Account, entry: Entry): AccountAnswer => ({
  idNumber: account.idNumber,
  givenName: entry.givenName,
  familyName: entry.familyName,
  email: account.email,
  emailBounced: account.emailBounced ?? false,
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
