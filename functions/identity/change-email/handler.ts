import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { accountLocked } from '../../../shared/lambda/account-locked.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ChangeEmail } from './change-email.ts'

export const changeEmailHandler = (changeEmail: ChangeEmail, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.changeEmail, options, async ({ body, caller }) => {
    const answer = await changeEmail(caller, body)
    switch (answer.outcome) {
      case 'requested':
        return { status: 202, body: {} }
      case 'malformed':
        return problem('malformed-request', { fields: answer.fields })
      case 'refused':
        return problem('incorrect-details')
      case 'locked':
        return accountLocked(answer.lockedUntil)
      case 'busy':
        return problem('try-again', { retryAfterSeconds: 1 })
      case 'not-now':
        return problem('try-again', { retryAfterSeconds: 3_600 })
    }
  })
