import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { importUnderWay } from '../import-under-way.ts'
import { releaseAnswer } from '../release-answer.ts'
import type { ApproveOutcome, ApproveRelease } from './approve-release.ts'

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
        return problem('release-refused', { detail: notApprovable(answer) })
    }
  })

/** Why there is nothing to approve, and what to do instead. */
const notApprovable = ({ state, approvedBy }: Extract<ApproveOutcome, { outcome: 'not-approvable' }>): string => {
  switch (state) {
    case 'approved':
      return `It is approved already${approvedBy === undefined ? '' : ` by ${approvedBy}`}; nothing is left to do.`
    case 'held':
      return 'It is held, and its approval stays valid. To resume it: release resume.'
    case 'cancelled':
      return 'It is cancelled. Plan it again, then have another person approve it.'
    default:
      return 'It has happened already. To change what candidates see: import the right results and plan again, which plans a correction.'
  }
}
