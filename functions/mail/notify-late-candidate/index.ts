import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailBatches } from '../../../shared/adapters/dynamo/email-batches.ts'
import { dynamoEmailLedger } from '../../../shared/adapters/dynamo/email-ledger.ts'
import { dynamoChoosingAccounts, dynamoLateEmails } from '../../../shared/adapters/dynamo/late-emails.ts'
import { dynamoOpenings, dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoResultEmailPlans } from '../../../shared/adapters/dynamo/result-email-plans.ts'
import { dynamoSessionResults } from '../../../shared/adapters/dynamo/session-members.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sqsWaveQueue } from '../../../shared/adapters/sqs/result-email-queues.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { notifyLateCandidateHandler } from './handler.ts'
import { notifyLateCandidate } from './notify-late-candidate.ts'

const environment = readEnvironment('mail/notify-late-candidate')
const client = dynamoClient()

export const handler = notifyLateCandidateHandler(
  notifyLateCandidate({
    accounts: dynamoChoosingAccounts(client, environment.ACCOUNTS_TABLE),
    results: dynamoSessionResults(client, environment.RESULTS_TABLE),
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    openings: dynamoOpenings(client, environment.OPENINGS_TABLE),
    ledger: dynamoEmailLedger(client, environment.DELIVERIES_TABLE),
    plans: dynamoResultEmailPlans(client, environment.DELIVERIES_TABLE),
    batches: dynamoEmailBatches(client, environment.DELIVERIES_TABLE),
    late: dynamoLateEmails(client, environment.DELIVERIES_TABLE),
    queues: sqsWaveQueue(environment.RESULT_EMAILS_QUEUE),
    clock: systemClock,
  }),
)
