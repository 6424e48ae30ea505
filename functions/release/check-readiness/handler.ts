import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { CheckReadiness } from './check-readiness.ts'

export const checkReadinessHandler = (checkReadiness: CheckReadiness, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.checkReadiness, options, async ({ pathParameters: { session = '' } }) => {
    const answer = await checkReadiness(session)
    switch (answer.outcome) {
      case 'checked':
        return { status: 200, body: { session: answer.session, ready: answer.ready, checks: answer.checks } }
      case 'no-such-release':
        return problem('no-such-release')
    }
  })
