import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { releaseAnswer } from '../release-answer.ts'
import type { ShowRelease } from './show-release.ts'

export const showReleaseHandler = (showRelease: ShowRelease, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.showRelease, options, async ({ pathParameters: { session = '' } }) => {
    const answer = await showRelease(session)
    switch (answer.outcome) {
      case 'found':
        return { status: 200, body: releaseAnswer(answer.release, answer.correction, answer.summary) }
      case 'no-such-release':
        return problem('no-such-release')
    }
  })
