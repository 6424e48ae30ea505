import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { accountLocked } from '../../../shared/lambda/account-locked.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ChangePassword } from './change-password.ts'

export const changePasswordHandler = (changePassword: ChangePassword, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.changePassword, options, async ({ body, caller, sessionToken = '' }) => {
    const answer = await changePassword(caller, sessionToken, body)
    switch (answer.outcome) {
      case 'changed':
        return { status: 204 }
      case 'malformed':
        return problem('malformed-request', { fields: answer.fields })
      case 'refused':
        return problem('incorrect-details')
      case 'locked':
        return accountLocked(answer.lockedUntil)
      case 'busy':
        return problem('try-again', { retryAfterSeconds: 1 })
    }
  })
