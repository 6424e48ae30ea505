import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ReportResultEmails } from './report-result-emails.ts'

export const reportResultEmailsHandler = (
  reportResultEmails: ReportResultEmails,
  options: ChainOptions = {},
): HttpFunction =>
  httpHandler(operations.reportMails, options, async ({ pathParameters: { session = '' }, query }) => {
    const answer = await reportResultEmails(session, query.correction)
    switch (answer.outcome) {
      case 'reported': {
        const { releaseId, counts, isPlanned, isStopped, slowedBy, obstacles } = answer
        const reasons = Object.entries(answer.reasons).map(([reason, count]) => ({ reason, count }))
        return {
          status: 200,
          body: { session, releaseId, ...counts, reasons, isPlanned, isStopped, slowedBy, obstacles },
        }
      }
      case 'no-such-release':
        return problem('no-such-release')
    }
  })
