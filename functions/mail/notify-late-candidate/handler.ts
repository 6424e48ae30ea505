import { envelopeOf, eventIdOf } from '../../../shared/contracts/events.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { NotifyLateCandidate } from './notify-late-candidate.ts'

export const notifyLateCandidateHandler = (tell: NotifyLateCandidate, log: Log = createLog()): QueueFunction =>
  queueHandler(
    envelopeOf('candidate-registered'),
    async (envelope) => {
      const eventId = eventIdOf(envelope)
      const state = await tell({ eventId, idNumber: envelope.detail.idNumber })
      log.info('late registration checked', { eventId, state })
    },
    { log },
  )
