import { sendBatchMessage } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { SendResultEmails } from './send-result-emails.ts'

export const sendResultEmailsHandler = (sendResultEmails: SendResultEmails, log: Log = createLog()): QueueFunction =>
  queueHandler(
    sendBatchMessage,
    async (message) => {
      const done = await sendResultEmails(message)
      const { releaseId, scope, item } = message
      switch (done.outcome) {
        case 'settled':
          return log.info('result mails settled', { releaseId, scope, item, count: done.sent })
        case 'no-such-batch':
          return log.error('no such batch of result mails', { releaseId, scope, item })
      }
    },
    // One after the other: the pace is kept by a process, not by a message.
    { inParallel: false, log },
  )
