import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoReleaseSteps } from '../../../shared/adapters/dynamo/release-decisions.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { holdReleaseHandler } from './handler.ts'
import { holdRelease } from './hold-release.ts'

const environment = readEnvironment('release/hold-release')
const client = dynamoClient()

export const handler = holdReleaseHandler(
  holdRelease({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    steps: dynamoReleaseSteps(client, { releases: environment.RELEASES_TABLE, audit: environment.AUDIT_TABLE }),
    clock: systemClock,
    newId: randomIds,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
