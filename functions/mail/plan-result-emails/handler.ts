import * as z from 'zod/mini'
import { envelopeOf } from '../../../shared/contracts/events.ts'
import { planShardMessage } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { PlanRelease, PlanShard } from './plan-result-emails.ts'

export interface PlanResultEmailsUseCases {
  readonly planRelease: PlanRelease
  readonly planShard: PlanShard
}

/** The event itself, or one shard of it. */
const message = z.union([envelopeOf('results-released'), planShardMessage])

export const planResultEmailsHandler = (
  { planRelease, planShard }: PlanResultEmailsUseCases,
  log: Log = createLog(),
): QueueFunction =>
  queueHandler(
    message,
    async (received) => {
      const about = 'detail' in received ? received.detail : received
      const { releaseId, session } = about
      const done = 'shard' in about ? await planShard(about) : await planRelease(about)
      const fields = { releaseId, session, ...('shard' in about && { shard: about.shard }) }
      switch (done.outcome) {
        case 'handed-on':
          return log.info('planning of result mails begins', fields)
        case 'planned':
          return log.info('result mails planned', { ...fields, count: done.count })
        case 'not-open':
          return log.error('result mails not planned: the session is not open for this release', fields)
      }
    },
    { log },
  )
