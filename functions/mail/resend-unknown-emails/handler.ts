import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { nothingPlanned } from '../release-of-session.ts'
import type { ResendUnknownEmails } from './resend-unknown-emails.ts'

export const resendUnknownEmailsHandler = (
  resendUnknownEmails: ResendUnknownEmails,
  options: ChainOptions = {},
): HttpFunction =>
  httpHandler(operations.resendUnknown, options, async ({ caller, pathParameters: { session = '' }, query }) => {
    const answer = await resendUnknownEmails({
      session,
      by: caller,
      correctionId: query.correction,
      after: query.after,
    })
    switch (answer.outcome) {
      case 'resent': {
        const { resent, tooEarly, resentBefore, next } = answer
        return { status: 200, body: { session, resent, tooEarly, resentBefore, ...(next !== undefined && { next }) } }
      }
      case 'no-such-release':
        return problem('no-such-release')
      case 'nothing-planned':
        return problem('release-refused', { detail: nothingPlanned })
    }
  })
