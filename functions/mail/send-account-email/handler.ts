import { envelopeOf, eventIdOf } from '../../../shared/contracts/events.ts'
import { mailKinds } from '../../../shared/contracts/mail.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { SendAccountEmail } from './send-account-email.ts'

export const sendAccountEmailHandler = (sendAccountEmail: SendAccountEmail, log: Log = createLog()): QueueFunction =>
  queueHandler(
    envelopeOf('candidate-registered'),
    async (envelope) => {
      const eventId = eventIdOf(envelope)
      const done = await sendAccountEmail({ eventId, idNumber: envelope.detail.idNumber })
      const fields = { eventId, kind: mailKinds.registrationConfirmation, state: done.outcome }
      switch (done.outcome) {
        case 'accepted':
        case 'suppressed':
        case 'settled-before':
          return log.info('account mail settled', { ...fields, ...('reason' in done && { reason: done.reason }) })
        case 'failed':
        case 'unknown':
          return log.error('account mail not sent for certain', { ...fields, reason: done.reason ?? '' })
      }
    },
    { log },
  )
