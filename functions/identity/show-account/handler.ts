import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { accountAnswer } from '../account-answer.ts'
import type { ShowAccount } from './show-account.ts'

export const showAccountHandler = (showAccount: ShowAccount, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.showAccount, options, async ({ caller }) => {
    return { status: 200, body: accountAnswer(await showAccount(caller)) }
  })
