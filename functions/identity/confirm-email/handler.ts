import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ConfirmEmail } from './confirm-email.ts'

export const confirmEmailHandler = (confirm: ConfirmEmail, options: ChainOptions): HttpFunction =>
  httpHandler(operations.confirmEmail, options, async ({ body }) => {
    const { outcome } = await confirm(body.token)
    switch (outcome) {
      case 'confirmed':
        return { status: 204 }
      case 'expired':
        return problem('link-expired')
    }
  })
