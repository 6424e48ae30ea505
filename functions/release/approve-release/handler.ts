import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { importUnderWay } from '../import-under-way.ts'
import { releaseAnswer } from '../release-answer.ts'
import type { ApproveRelease } from './approve-release.ts'

export const approveReleaseHandler = (approveRelease: ApproveRelease, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.approveRelease, options, async ({ body, caller, pathParameters: { session = '' } }) => {
    const answer = await approveRelease({ session, manifest: body.manifest, by: caller })
    switch (answer.outcome) {
      case 'approved':
        return { status: 200, body: releaseAnswer(answer.release, answer.correction) }
      case 'no-such-release':
      case 'same-person':
      case 'manifest-changed':
        return problem(answer.outcome)
      case 'too-late':
        return problem('release-refused', { detail: 'Its instant has passed; plan the release again.' })
      case 'import-under-way':
        return problem('release-refused', { detail: importUnderWay(answer.importId) })
      case 'not-approvable':
        return problem('release-refused', { detail: `The release is ${answer.state}.` })
    }
  })
