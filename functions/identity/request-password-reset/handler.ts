import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { RequestPasswordReset } from './request-password-reset.ts'

export const requestPasswordResetHandler = (request: RequestPasswordReset, options: ChainOptions): HttpFunction =>
  httpHandler(operations.requestPasswordReset, options, async ({ body }) => {
    const answer = await request(body.idNumber)
    switch (answer.outcome) {
      case 'taken':
        return { status: 202, body: {} }
      case 'malformed':
        return problem('malformed-request', { fields: answer.fields })
    }
  })
