import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailLedger } from '../../../shared/adapters/dynamo/email-ledger.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { listUnmailedHandler } from './handler.ts'
import { listUnmailed } from './list-unmailed.ts'

const environment = readEnvironment('mail/list-unmailed')
const client = dynamoClient()

export const handler = listUnmailedHandler(
  listUnmailed({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    ledger: dynamoEmailLedger(client, environment.DELIVERIES_TABLE),
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
