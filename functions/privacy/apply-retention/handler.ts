import { retentionTrigger } from '../../../shared/contracts/messages.ts'
import { describeFault } from '../../../shared/lambda/faults.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type TriggerFunction, triggerHandler } from '../../../shared/lambda/trigger.ts'
import type { ApplyRetention } from './apply-retention.ts'

export const applyRetentionHandler = (applyRetention: ApplyRetention, log: Log = createLog()): TriggerFunction =>
  triggerHandler(
    retentionTrigger,
    async (days) => {
      const runs = await applyRetention(days)
      for (const { kind, deleted, failed, isComplete, fault } of runs) {
        log.info('kept long enough', { kind, count: deleted, state: isComplete ? 'complete' : 'left-over' })
        if (failed > 0)
          log.error('not deleted', { kind, count: failed, ...(fault !== undefined && describeFault(fault)) })
      }
      // Fail the invocation, so that it is retried and the alarm fires.
      if (runs.some(({ failed }) => failed > 0)) throw new Error('some of what was kept long enough is still there')
    },
    { log },
  )
