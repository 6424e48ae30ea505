import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ResumeResultEmails } from './resume-result-emails.ts'

export const resumeResultEmailsHandler = (
  resumeResultEmails: ResumeResultEmails,
  options: ChainOptions = {},
): HttpFunction =>
  httpHandler(operations.resumeMails, options, async ({ caller, pathParameters: { session = '' }, query }) => {
    const answer = await resumeResultEmails({ session, by: caller, correctionId: query.correction })
    switch (answer.outcome) {
      case 'went-on':
        return { status: 200, body: { session } }
      case 'was-not-stopped':
        return problem('release-refused', {
          detail: 'Its mails are not stopped. If the release is held: release resume. For their state: release report.',
        })
      case 'no-such-release':
        return problem('no-such-release')
    }
  })
