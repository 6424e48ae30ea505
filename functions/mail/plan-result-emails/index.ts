import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoOpenings, dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoResultEmailPlans } from '../../../shared/adapters/dynamo/result-email-plans.ts'
import { dynamoSessionAccounts, dynamoSessionResults } from '../../../shared/adapters/dynamo/session-members.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { sqsLaneQueue, sqsWaveQueue } from '../../../shared/adapters/sqs/result-email-queues.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { currentMailTemplates } from '../../../shared/emails/mail-templates.ts'
import { planResultEmailsHandler } from './handler.ts'
import { planLane, planRelease } from './plan-result-emails.ts'

const environment = readEnvironment('mail/plan-result-emails')
const client = dynamoClient()

const ports = {
  accounts: dynamoSessionAccounts(client, environment.ACCOUNTS_TABLE),
  results: dynamoSessionResults(client, environment.RESULTS_TABLE),
  releases: dynamoReleases(client, environment.RELEASES_TABLE),
  openings: dynamoOpenings(client, environment.OPENINGS_TABLE),
  plans: dynamoResultEmailPlans(client, environment.DELIVERIES_TABLE),
  queues: { ...sqsLaneQueue(environment.RELEASE_PLANS_QUEUE), ...sqsWaveQueue(environment.RESULT_EMAILS_QUEUE) },
  templates: currentMailTemplates(sha256),
  clock: systemClock,
}

export const handler = planResultEmailsHandler({ planRelease: planRelease(ports), planLane: planLane(ports) })
