import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { releaseAnswer } from '../release-answer.ts'
import { stepRefusal } from '../step-refusal.ts'
import type { CancelRelease } from './cancel-release.ts'

export const cancelReleaseHandler = (cancelRelease: CancelRelease, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.cancelRelease, options, async ({ caller, pathParameters: { session = '' } }) => {
    const answer = await cancelRelease({ session, by: caller })
    switch (answer.outcome) {
      case 'taken':
        return { status: 200, body: releaseAnswer(answer.release, answer.correction) }
      case 'no-such-release':
        return problem('no-such-release')
      case 'not-now':
        return problem('release-refused', { detail: stepRefusal('cancel', answer.release) })
    }
  })
