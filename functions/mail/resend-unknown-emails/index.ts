import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailLedger, dynamoEmailRemedies } from '../../../shared/adapters/dynamo/email-ledger.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { systemTimer } from '../../../shared/adapters/node/timer.ts'
import { sqsWaveQueue } from '../../../shared/adapters/sqs/result-email-queues.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { resendUnknownEmailsHandler } from './handler.ts'
import { resendUnknownEmails } from './resend-unknown-emails.ts'

const environment = readEnvironment('mail/resend-unknown-emails')
const client = dynamoClient()

export const handler = resendUnknownEmailsHandler(
  resendUnknownEmails({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    ledger: dynamoEmailLedger(client, environment.DELIVERIES_TABLE),
    remedies: dynamoEmailRemedies(client, { deliveries: environment.DELIVERIES_TABLE, audit: environment.AUDIT_TABLE }),
    queues: sqsWaveQueue(environment.RESULT_EMAILS_QUEUE),
    clock: systemClock,
    timer: systemTimer,
    newId: randomIds,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
