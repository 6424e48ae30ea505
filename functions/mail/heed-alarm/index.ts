import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoMailAlarms } from '../../../shared/adapters/dynamo/mail-pace.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { heedAlarmHandler } from './handler.ts'
import { heedAlarm } from './heed-alarm.ts'

const environment = readEnvironment('mail/heed-alarm')

export const handler = heedAlarmHandler(
  heedAlarm({ alarms: dynamoMailAlarms(dynamoClient(), environment.DELIVERIES_TABLE) }),
)
