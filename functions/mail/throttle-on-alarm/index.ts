import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoMailAlarms } from '../../../shared/adapters/dynamo/send-rate.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { throttleOnAlarmHandler } from './handler.ts'
import { throttleOnAlarm } from './throttle-on-alarm.ts'

const environment = readEnvironment('mail/throttle-on-alarm')

export const handler = throttleOnAlarmHandler(
  throttleOnAlarm({ alarms: dynamoMailAlarms(dynamoClient(), environment.DELIVERIES_TABLE) }),
)
