import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoImportsUnderWay } from '../../../shared/adapters/dynamo/imports.ts'
import { dynamoReleaseApprovals } from '../../../shared/adapters/dynamo/release-decisions.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoSessionResults } from '../../../shared/adapters/dynamo/session-members.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { schedulerReleaseSchedules } from '../../../shared/adapters/scheduler/release-schedules.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { currentMailTemplates } from '../../../shared/emails/mail-templates.ts'
import { approveRelease } from './approve-release.ts'
import { approveReleaseHandler } from './handler.ts'

const environment = readEnvironment('release/approve-release')
const client = dynamoClient()

const told = { outbox: environment.OUTBOX_TABLE, audit: environment.AUDIT_TABLE }

export const handler = approveReleaseHandler(
  approveRelease({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    importsUnderWay: dynamoImportsUnderWay(client, environment.IMPORTS_TABLE),
    corrections: dynamoReleases(client, environment.CORRECTIONS_TABLE),
    approvals: dynamoReleaseApprovals(client, { releases: environment.RELEASES_TABLE, ...told }, systemClock),
    correctionApprovals: dynamoReleaseApprovals(
      client,
      { releases: environment.CORRECTIONS_TABLE, ...told },
      systemClock,
    ),
    schedules: schedulerReleaseSchedules({
      groupName: environment.SCHEDULE_GROUP,
      functionArn: environment.RELEASE_FUNCTION_ARN,
      roleArn: environment.SCHEDULE_ROLE_ARN,
      deadLettersArn: environment.SCHEDULE_DEAD_LETTERS_ARN,
    }),
    results: dynamoSessionResults(client, environment.RESULTS_TABLE),
    templates: currentMailTemplates(sha256),
    newDigest: sha256,
    clock: systemClock,
    newId: randomIds,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
