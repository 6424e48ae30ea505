import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import {
  dynamoEmailFeedback,
  dynamoMailedAddresses,
  dynamoPublishedEvents,
} from '../../../shared/adapters/dynamo/email-feedback.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { embeddedMetrics } from '../../../shared/lambda/metrics.ts'
import { recordEmailOutcomesHandler } from './handler.ts'
import { recordEmailOutcomes } from './record-email-outcomes.ts'

const environment = readEnvironment('mail/record-email-outcomes')
const client = dynamoClient()

export const handler = recordEmailOutcomesHandler(
  recordEmailOutcomes({
    feedback: dynamoEmailFeedback(client, environment.DELIVERIES_TABLE),
    addresses: dynamoMailedAddresses(client, environment.ACCOUNTS_TABLE),
    events: dynamoPublishedEvents(client, environment.OUTBOX_TABLE),
  }),
  embeddedMetrics(environment.STAGE, systemClock),
)
