import { operations } from '../../../shared/contracts/http.ts'
import { toIso } from '../../../shared/domain/time.ts'
import { accountLocked } from '../../../shared/lambda/account-locked.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { sessionCookieWith } from '../../../shared/lambda/session-cookie.ts'
import type { LogIn } from './log-in.ts'

export const logInHandler = (logIn: LogIn, options: ChainOptions): HttpFunction =>
  httpHandler(operations.logIn, options, async ({ body }) => {
    const answer = await logIn(body)
    switch (answer.outcome) {
      case 'signed-in':
        return {
          status: 201,
          body: { expiresAt: toIso(answer.expiresAt) },
          cookies: [sessionCookieWith(answer.token)],
        }
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
