import { ArnFormat, Duration } from 'aws-cdk-lib'
import type { MailReach } from '../../shared/contracts/mail.ts'
import { type AnsweringFunctions } from '../constructs/http-routes.ts'
import { DeadLetters } from '../constructs/queue-with-dead-letters.ts'
import { type ServiceFunction, serviceFunction } from '../constructs/service-function.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import { type ApiParts, longestAnswer } from './api-parts.ts'

/** Operators' functions for releases. */
export const releaseFunctions = (api: ApiParts) => {
  const { stack, parts, release, siteUrl } = api
  const { schedule, releaseResults } = release
  const scheduling = {
    SCHEDULE_GROUP: schedule.groupName,
    RELEASE_FUNCTION_ARN: releaseResults.lambda.functionArn,
    SCHEDULE_ROLE_ARN: schedule.role.roleArn,
    SCHEDULE_DEAD_LETTERS_ARN: schedule.deadLetters.queue.queueArn,
  }
  const approve = serviceFunction(stack, 'release/approve-release', parts, {
    tables: {
      releases: ['GetItem', 'UpdateItem'],
      corrections: ['GetItem', 'UpdateItem'],
      results: ['Query on bySession'],
      imports: ['GetItem'],
      outbox: ['PutItem'],
      audit: ['PutItem'],
    },
    environment: scheduling,
    whenFailing: 'Candidates notice nothing yet; a planned release cannot be approved.',
    memory: 1024,
    timeout: longestAnswer,
  })
  const resume = serviceFunction(stack, 'release/resume-release', parts, {
    tables: {
      releases: ['GetItem', 'UpdateItem'],
      openings: ['GetItem'],
      outbox: ['PutItem'],
      audit: ['PutItem'],
    },
    environment: scheduling,
    whenFailing: 'Results that were held stay hidden.',
  })
  for (const one of [approve, resume]) schedule.allowScheduling(one)
  const readiness = checkReadiness(api)
  return {
    'release/check-readiness': readiness,
    'release/plan-release': serviceFunction(stack, 'release/plan-release', parts, {
      tables: {
        releases: ['GetItem', 'PutItem'],
        corrections: ['PutItem'],
        openings: ['GetItem'],
        results: ['BatchGetItem', 'Query on bySession'],
        entries: ['GetItem', 'Query on bySession'],
        accounts: ['Query on bySession'],
        centres: ['BatchGetItem'],
        summaries: ['PutItem', 'Scan'],
        imports: ['GetItem'],
        audit: ['PutItem'],
      },
      environment: { SITE_URL: siteUrl },
      whenFailing: 'Candidates notice nothing yet; no release can be planned.',
      memory: 1024,
      timeout: longestAnswer,
    }),
    'release/approve-release': approve,
    'release/resume-release': resume,
    'release/hold-release': serviceFunction(stack, 'release/hold-release', parts, {
      tables: { releases: ['GetItem', 'UpdateItem'], audit: ['PutItem'] },
      environment: {},
      whenFailing: 'Results that should be hidden cannot be: a release that went wrong stays visible.',
    }),
    'release/cancel-release': serviceFunction(stack, 'release/cancel-release', parts, {
      tables: {
        releases: ['GetItem', 'UpdateItem'],
        corrections: ['GetItem', 'UpdateItem'],
        audit: ['PutItem'],
      },
      environment: {},
      whenFailing: 'Candidates notice nothing yet; a release that should not happen can only be held.',
    }),
    'release/show-release': serviceFunction(stack, 'release/show-release', parts, {
      tables: { releases: ['GetItem'], corrections: ['GetItem'], summaries: ['GetItem'], audit: ['PutItem'] },
      environment: {},
      whenFailing: 'Candidates notice nothing; operators cannot see the state of a release.',
    }),
  } satisfies Partial<AnsweringFunctions>
}

const checkReadiness = ({ stack, parts, release }: ApiParts): ServiceFunction => {
  const { stage } = parts
  const deadLetters = release.node.findAll().filter((construct) => construct instanceof DeadLetters)
  const readiness = serviceFunction(stack, 'release/check-readiness', parts, {
    tables: {
      releases: ['GetItem'],
      imports: ['GetItem'],
      accounts: ['DescribeTable'],
      results: ['DescribeTable'],
      sessions: ['DescribeTable'],
      'sign-in-guards': ['DescribeTable'],
      audit: ['PutItem'],
    },
    environment: {
      STAGE: stage.name,
      MAIL_REACH: mailReach(stage),
      SCHEDULE_GROUP: release.schedule.groupName,
      SWEEP_SCHEDULE: release.schedule.sweepName,
      DEAD_LETTER_QUEUES: deadLetters.map(({ queue }) => queue.queueUrl).join(','),
      ALARM_PREFIX: stageResourceName(stage, 'operations'),
    },
    whenFailing: 'Candidates notice nothing; operators do not see what would fail on the day.',
    timeout: Duration.seconds(20),
  })
  readiness.allow(['sqs:GetQueueAttributes'], ...deadLetters.map(({ queue }) => queue.queueArn))
  readiness.allowMatching(['ses:GetAccount'], '*', 'What it asks is the account’s and of no resource of it.')
  readiness.allowMatching(
    ['cloudwatch:DescribeAlarms'],
    stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    'CloudWatch lists alarms by the beginning of their names, and grants them only all together.',
  )
  release.schedule.allowReadingSchedules(readiness)
  return readiness
}

const mailReach = ({ mail: { recipients, staysHere } }: Stage): MailReach =>
  staysHere ? 'nobody' : recipients === 'everyone' ? 'everybody' : 'a-list'
