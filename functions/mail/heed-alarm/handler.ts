import { alarmChangeMessage } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { HeedAlarm } from './heed-alarm.ts'

export const heedAlarmHandler = (heedAlarm: HeedAlarm, log: Log = createLog()): QueueFunction =>
  queueHandler(
    alarmChangeMessage,
    async (change) => {
      const reason = await heedAlarm(change)
      log.warn('an alarm of the API has changed, and with it the pace of mails', { kind: change.alarm, reason })
    },
    { log },
  )
