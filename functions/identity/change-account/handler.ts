import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { accountAnswer } from '../account-answer.ts'
import type { ChangeAccount } from './change-account.ts'

export const changeAccountHandler = (changeAccount: ChangeAccount, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.changeAccount, options, async ({ body, caller }) => {
    const answer = await changeAccount(caller, body)
    switch (answer.outcome) {
      case 'changed':
        return { status: 200, body: accountAnswer(answer) }
      case 'malformed':
        return problem('malformed-request', { fields: answer.fields })
      case 'no-such-account':
        return problem('not-signed-in')
    }
  })
