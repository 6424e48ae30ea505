import * as z from 'zod/mini'
import { envelopeOf } from '../../../shared/contracts/events.ts'
import { planLaneMessage } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { PlanLane, PlanRelease } from './plan-result-emails.ts'

export interface PlanResultEmailsUseCases {
  readonly planRelease: PlanRelease
  readonly planLane: PlanLane
}

/** The event itself, or one lane of it. */
const message = z.union([envelopeOf('results-released'), envelopeOf('results-corrected'), planLaneMessage])

export const planResultEmailsHandler = (
  { planRelease, planLane }: PlanResultEmailsUseCases,
  log: Log = createLog(),
): QueueFunction =>
  queueHandler(
    message,
    async (received) => {
      const about = 'detail' in received ? received.detail : received
      const { releaseId, session } = about
      if ('notify' in about && !about.notify)
        return log.info('a correction is not told by mail', { releaseId, session })
      const done = 'lane' in about ? await planLane(about) : await planRelease(about)
      const fields = { releaseId, session, ...('lane' in about && { lane: about.lane }) }
      switch (done.outcome) {
        case 'handed-on':
          return log.info('planning of result mails begins', fields)
        case 'planned':
          return log.info('result mails planned', { ...fields, count: done.count })
        case 'not-open':
          return log.warn('result mails not planned: the session is not open for this release', fields)
      }
    },
    { log },
  )
