import * as z from 'zod/mini'
import { envelopeOf } from '../../../shared/contracts/events.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { SealCorrection, SealOutcome, SealResults } from './seal-results.ts'

export interface SealResultsUseCases {
  readonly sealResults: SealResults
  readonly sealCorrection: SealCorrection
}

export const sealResultsHandler = (
  { sealResults, sealCorrection }: SealResultsUseCases,
  log: Log = createLog(),
): QueueFunction =>
  queueHandler(
    z.union([envelopeOf('release-approved'), envelopeOf('correction-approved')]),
    async (envelope) => {
      const { session, releaseId } = envelope.detail
      switch (envelope['detail-type']) {
        case 'release-approved':
          return tell(log, envelope.detail, await sealResults({ session, releaseId }))
        case 'correction-approved':
          return tell(log, envelope.detail, await sealCorrection(envelope.detail))
      }
    },
    { log },
  )

const tell = (log: Log, { session, releaseId }: { session: string; releaseId: string }, done: SealOutcome) => {
  switch (done.outcome) {
    case 'sealed':
      return log.info('results sealed', { releaseId, session, count: done.count })
    case 'nothing-to-seal':
      return log.warn('nothing to seal', { releaseId, session })
    case 'manifest-changed':
      // The plan stays void; it has to be planned and approved again before the instant.
      return log.error('release void: what was approved has changed', { releaseId, session, shard: done.shard })
  }
}
