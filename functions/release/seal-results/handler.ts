import { envelopeOf } from '../../../shared/contracts/events.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { SealResults } from './seal-results.ts'

export const sealResultsHandler = (sealResults: SealResults, log: Log = createLog()): QueueFunction =>
  queueHandler(
    envelopeOf('release-approved'),
    async ({ detail: { releaseId, session } }) => {
      const done = await sealResults({ session, releaseId })
      switch (done.outcome) {
        case 'sealed':
          return log.info('results sealed', { releaseId, session, count: done.count })
        case 'nothing-to-seal':
          return log.warn('nothing to seal', { releaseId, session })
        case 'manifest-changed':
          // The plan is void and stays so; somebody has to plan and approve again before the instant.
          return log.error('release void: what was approved has changed', { releaseId, session, shard: done.shard })
      }
    },
    { log },
  )
