import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoSessionSummaries } from '../../../shared/adapters/dynamo/session-summaries.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { showReleaseHandler } from './handler.ts'
import { showRelease } from './show-release.ts'

const environment = readEnvironment('release/show-release')
const client = dynamoClient()

export const handler = showReleaseHandler(
  showRelease({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    summaries: dynamoSessionSummaries(client, environment.SUMMARIES_TABLE),
    corrections: dynamoReleases(client, environment.CORRECTIONS_TABLE),
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
