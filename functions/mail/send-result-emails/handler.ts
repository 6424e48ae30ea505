import { sendWaveMessage } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { SendResultEmails } from './send-result-emails.ts'

export const sendResultEmailsHandler = (sendResultEmails: SendResultEmails, log: Log = createLog()): QueueFunction =>
  queueHandler(
    sendWaveMessage,
    async (message) => {
      const done = await sendResultEmails(message)
      const { releaseId, scope, wave } = message
      switch (done.outcome) {
        case 'settled':
          return log.info('result mails settled', { releaseId, scope, wave, count: done.sent })
        case 'deferred': {
          const fields = { releaseId, scope, wave, count: done.sent, reason: done.reason }
          const needsSomebody = done.reason === 'service-unavailable' || done.reason === 'call-refused'
          return log[needsSomebody ? 'error' : 'warn']('result mails deferred', fields)
        }
        case 'no-such-wave':
          return log.error('no such wave of result mails', { releaseId, scope, wave })
      }
    },
    // One message at a time: the sender's time limit is meant for a single wave.
    { inParallel: false, log },
  )
