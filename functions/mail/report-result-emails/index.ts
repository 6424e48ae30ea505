import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailLedger, dynamoEmailObstacles } from '../../../shared/adapters/dynamo/email-ledger.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { reportResultEmailsHandler } from './handler.ts'
import { reportResultEmails } from './report-result-emails.ts'

const environment = readEnvironment('mail/report-result-emails')
const client = dynamoClient()

export const handler = reportResultEmailsHandler(
  reportResultEmails({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    ledger: dynamoEmailLedger(client, environment.DELIVERIES_TABLE),
    obstacles: dynamoEmailObstacles(client, environment.DELIVERIES_TABLE),
    clock: systemClock,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
