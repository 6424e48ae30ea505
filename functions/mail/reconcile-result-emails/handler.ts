import { operations } from '../../../shared/contracts/http.ts'
import { toIso } from '../../../shared/domain/time.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { nothingPlanned } from '../release-of-session.ts'
import type { ReconcileResultEmails } from './reconcile-result-emails.ts'

export const reconcileResultEmailsHandler = (
  reconcileResultEmails: ReconcileResultEmails,
  options: ChainOptions = {},
): HttpFunction =>
  httpHandler(operations.reconcileMails, options, async ({ pathParameters: { session = '' }, query }) => {
    const answer = await reconcileResultEmails(session, query.correction, query.after)
    switch (answer.outcome) {
      case 'reconciled': {
        const { settled, unknown, requeued, resendFrom, next } = answer
        return {
          status: 200,
          body: {
            session,
            settled,
            unknown,
            requeued,
            ...(resendFrom !== undefined && { resendFrom: toIso(resendFrom) }),
            ...(next !== undefined && { next }),
          },
        }
      }
      case 'no-such-release':
        return problem('no-such-release')
      case 'nothing-planned':
        return problem('release-refused', { detail: nothingPlanned })
    }
  })
