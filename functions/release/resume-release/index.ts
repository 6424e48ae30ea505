import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoReleaseSteps } from '../../../shared/adapters/dynamo/release-decisions.ts'
import { dynamoOpenings, dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { schedulerReleaseSchedules } from '../../../shared/adapters/scheduler/release-schedules.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { resumeReleaseHandler } from './handler.ts'
import { resumeRelease } from './resume-release.ts'

const environment = readEnvironment('release/resume-release')
const client = dynamoClient()

export const handler = resumeReleaseHandler(
  resumeRelease({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    steps: dynamoReleaseSteps(client, {
      releases: environment.RELEASES_TABLE,
      audit: environment.AUDIT_TABLE,
      outbox: environment.OUTBOX_TABLE,
    }),
    openings: dynamoOpenings(client, environment.OPENINGS_TABLE),
    schedules: schedulerReleaseSchedules({
      groupName: environment.SCHEDULE_GROUP,
      functionArn: environment.RELEASE_FUNCTION_ARN,
      roleArn: environment.SCHEDULE_ROLE_ARN,
      deadLettersArn: environment.SCHEDULE_DEAD_LETTERS_ARN,
    }),
    clock: systemClock,
    newId: randomIds,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
