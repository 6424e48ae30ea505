import { retentionTrigger } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type TriggerFunction, triggerHandler } from '../../../shared/lambda/trigger.ts'
import type { ApplyRetention } from './apply-retention.ts'

export const applyRetentionHandler = (applyRetention: ApplyRetention, log: Log = createLog()): TriggerFunction =>
  triggerHandler(
    retentionTrigger,
    async (limits) => {
      const { deleted, failed, isComplete } = await applyRetention(limits)
      log.info('candidates deleted', { count: deleted, state: isComplete ? 'complete' : 'out-of-time' })
      // The invocation fails, so that it is repeated and somebody looks.
      if (failed > 0) {
        log.error('candidates not deleted', { count: failed })
        throw new Error('some candidates could not be deleted')
      }
    },
    { log },
  )
