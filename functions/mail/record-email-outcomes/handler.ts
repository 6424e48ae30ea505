import { emailOutcomeMessage } from '../../../shared/contracts/messages.ts'
import { describeFault } from '../../../shared/lambda/faults.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import type { Metrics } from '../../../shared/lambda/metrics.ts'
import type { QueueFunction } from '../../../shared/lambda/queue.ts'
import { wholeBatchHandler } from '../../../shared/lambda/whole-batch.ts'
import type { RecordEmailOutcomes } from './record-email-outcomes.ts'

export const recordEmailOutcomesHandler = (
  recordEmailOutcomes: RecordEmailOutcomes,
  metrics: Metrics,
  log: Log = createLog(),
): QueueFunction =>
  wholeBatchHandler(
    emailOutcomeMessage,
    async (messages) => {
      const { failed, faults, stopped, unknown } = await recordEmailOutcomes(messages)
      log.info('outcomes of mails recorded', { count: messages.length - failed.length })
      for (const fault of faults) log.error('outcomes of mails not recorded', describeFault(fault))
      if (unknown > 0) log.warn('outcomes of mails that are not known', { count: unknown })
      for (const releaseId of stopped) {
        metrics.count('MailsStopped')
        log.error('mails stopped: too many bounce or are complained about', { releaseId })
      }
      return failed
    },
    log,
  )
