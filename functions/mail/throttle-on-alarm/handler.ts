import { alarmChangeMessage } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { ThrottleOnAlarm } from './throttle-on-alarm.ts'

export const throttleOnAlarmHandler = (throttleOnAlarm: ThrottleOnAlarm, log: Log = createLog()): QueueFunction =>
  queueHandler(
    alarmChangeMessage,
    async (change) => {
      const reason = await throttleOnAlarm(change)
      log.warn('an API alarm has changed the send rate of result mails', { kind: change.alarm, reason })
    },
    { log },
  )
