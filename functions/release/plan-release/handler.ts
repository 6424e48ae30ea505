import { operations } from '../../../shared/contracts/http.ts'
import { sampleResultMails } from '../../../shared/emails/sample-mails.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { importUnderWay } from '../import-under-way.ts'
import { releaseAnswer } from '../release-answer.ts'
import type { PlanRelease } from './plan-release.ts'

export const planReleaseHandler = (
  planRelease: PlanRelease,
  /** Base URL of the links in the sample mails. */
  siteUrl: string,
  options: ChainOptions = {},
): HttpFunction =>
  httpHandler(operations.planRelease, options, async ({ body, caller }) => {
    const answer = await planRelease({ ...body, by: caller })
    switch (answer.outcome) {
      case 'planned':
        return {
          status: 201,
          body: {
            ...releaseAnswer(answer.release, answer.correction, answer.summary),
            findings: answer.findings,
            samples: sampleResultMails({ exam: answer.summary.exam, siteUrl }),
          },
        }
      case 'malformed-session':
        return problem('malformed-request', { fields: [{ path: 'session', code: 'not-in-list' }] })
      case 'malformed-instant':
        return problem('malformed-request', { fields: [{ path: 'releaseAt', code: 'not-an-instant' }] })
      case 'not-in-the-future':
        return problem('malformed-request', { fields: [{ path: 'releaseAt', code: 'not-in-the-future' }] })
      case 'instant-missing':
        return problem('malformed-request', { fields: [{ path: 'releaseAt', code: 'required' }] })
      case 'notify-missing':
        return problem('malformed-request', { fields: [{ path: 'notify', code: 'required' }] })
      case 'notify-unfit':
        return problem('release-refused', {
          detail:
            'These results have not been released: at a release everybody who opted in is mailed. Only corrections leave the choice.',
        })
      case 'nothing-to-correct':
        return problem('release-refused', {
          detail: 'Candidates already see the latest imported results. Import the corrected ones first.',
        })
      case 'nothing-to-release':
        return problem('release-refused', {
          detail:
            'No results are loaded for this session. Import them first, or check how its name is spelled in the file.',
        })
      case 'gone-too-far':
        return problem('release-refused', { detail: 'It is approved or on hold. To plan it again, cancel it first.' })
      case 'import-under-way':
        return problem('release-refused', { detail: importUnderWay(answer.importId) })
      case 'templates-unsound':
        return problem('release-refused', { detail: `The mails cannot be sent: ${answer.faults.join('; ')}.` })
    }
  })
