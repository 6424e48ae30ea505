import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ConfirmPasswordReset } from './confirm-password-reset.ts'

export const confirmPasswordResetHandler = (confirm: ConfirmPasswordReset, options: ChainOptions): HttpFunction =>
  httpHandler(operations.confirmPasswordReset, options, async ({ body }) => {
    const answer = await confirm(body)
    switch (answer.outcome) {
      case 'changed':
        return { status: 204 }
      case 'malformed':
        return problem('malformed-request', { fields: answer.fields })
      case 'expired':
        return problem('link-expired')
    }
  })
