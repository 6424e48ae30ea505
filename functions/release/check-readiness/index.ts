import { awsStageInspector } from '../../../shared/adapters/aws/stage-inspector.ts'
import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoImportsUnderWay } from '../../../shared/adapters/dynamo/imports.ts'
import { dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { mailReaches } from '../../../shared/contracts/mail.ts'
import { currentMailTemplates } from '../../../shared/emails/mail-templates.ts'
import { checkReadiness } from './check-readiness.ts'
import { checkReadinessHandler } from './handler.ts'

const environment = readEnvironment('release/check-readiness')
const client = dynamoClient()

export const handler = checkReadinessHandler(
  checkReadiness({
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    importsUnderWay: dynamoImportsUnderWay(client, environment.IMPORTS_TABLE),
    templates: currentMailTemplates(sha256),
    inspector: awsStageInspector({
      tables: [
        environment.ACCOUNTS_TABLE,
        environment.RESULTS_TABLE,
        environment.SESSIONS_TABLE,
        environment.SIGN_IN_GUARDS_TABLE,
      ],
      scheduleGroup: environment.SCHEDULE_GROUP,
      sweepSchedule: environment.SWEEP_SCHEDULE,
      deadLetterQueues: environment.DEAD_LETTER_QUEUES.split(','),
      alarmPrefix: environment.ALARM_PREFIX,
    }),
    mailReach: mailReaches.find((reach) => reach === environment.MAIL_REACH) ?? 'everybody',
    stage: environment.STAGE,
    clock: systemClock,
  }),
  { refusals: dynamoRefusals(client, environment.AUDIT_TABLE) },
)
