import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailBatches } from '../../../shared/adapters/dynamo/email-batches.ts'
import { dynamoEmailLedger } from '../../../shared/adapters/dynamo/email-ledger.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { systemTimer } from '../../../shared/adapters/node/timer.ts'
import { sqsWaveQueue } from '../../../shared/adapters/sqs/result-email-queues.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { reconcileResultEmailsHandler } from './handler.ts'
import { reconcileResultEmails } from './reconcile-result-emails.ts'

const environment = readEnvironment('mail/reconcile-result-emails')
const client = dynamoClient()

export const handler = reconcileResultEmailsHandler(
  reconcileResultEmails({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    ledger: dynamoEmailLedger(client, environment.DELIVERIES_TABLE),
    batches: dynamoEmailBatches(client, environment.DELIVERIES_TABLE),
    queues: sqsWaveQueue(environment.RESULT_EMAILS_QUEUE),
    clock: systemClock,
    timer: systemTimer,
    newId: randomIds,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
