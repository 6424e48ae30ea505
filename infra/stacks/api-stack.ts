import { ArnFormat, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { type DeadLetterQueueName, deadLetterQueues, notRedrivable } from '../../shared/contracts/dead-letters.ts'
import { toEnvironment } from '../../shared/contracts/expected-results.ts'
import type { MailReach } from '../../shared/contracts/mail.ts'
import { importKinds } from '../../shared/contracts/messages.ts'
import { type AnsweringFunctions, HttpRoutes } from '../constructs/http-routes.ts'
import { operatorRole } from '../constructs/operator-role.ts'
import { DeadLetters } from '../constructs/queue-with-dead-letters.ts'
import { type FunctionParts, type ServiceFunction, serviceFunction } from '../constructs/service-function.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import type { DataStack } from './data-stack.ts'
import type { ReleaseStack } from './release-stack.ts'
import type { WebStack } from './web-stack.ts'

export interface ApiStackProps extends StackProps {
  readonly parts: FunctionParts
  readonly data: DataStack
  readonly release: ReleaseStack
  readonly web: WebStack
  /** As the origin of the pages reads. */
  readonly siteUrl: string
}

/** What a candidate's own results are read with, session and both gates included. */
const readsOwnResults = {
  sessions: ['GetItem', 'UpdateItem'],
  accounts: ['GetItem'],
  entries: ['GetItem'],
  results: ['Query'],
  releases: ['BatchGetItem'],
  openings: ['BatchGetItem'],
} as const

/** What answers HTTP requests: the contract's operations for candidates, and those for operators. */
export class ApiStack extends Stack {
  readonly #parts: FunctionParts
  readonly #data: DataStack

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props)
    this.#parts = props.parts
    this.#data = props.data
    const { httpApi } = props.web
    new HttpRoutes(this, {
      stage: props.parts.stage,
      api: httpApi,
      functions: {
        ...this.#candidatesFunctions(props.siteUrl),
        ...this.#linkFunctions(props.siteUrl),
        ...this.#importFunctions(),
        ...this.#releaseFunctions(props.release, props.siteUrl),
        ...this.#mailFunctions(props.release),
        ...this.#unsubscribe(),
        ...this.#deadLetterFunctions(),
      },
      unknownPath: serviceFunction(this, 'reference/answer-unknown-path', props.parts, {
        tables: {},
        environment: {},
        whenFailing: 'Mistyped addresses get a bare error instead of an explanation.',
      }),
    })
    // The names that the ops command line looks for.
    new CfnOutput(this, 'ApiUrl', { value: httpApi.apiEndpoint })
    new CfnOutput(this, 'OperatorRoleArn', { value: operatorRole(this, httpApi.apiId).roleArn })
  }

  #candidatesFunctions(SITE_URL: string) {
    // It travels in the environment, where whoever may read it may read the function's code and role, too.
    const ORIGIN_SECRET = this.#data.originSecret.secretValue.unsafeUnwrap()
    const { guardKey, secretNumberKey } = this.#data
    const register = serviceFunction(this, 'identity/register', this.#parts, {
      tables: {
        entries: ['ConditionCheckItem', 'GetItem'],
        accounts: ['PutItem'],
        'sign-in-guards': ['UpdateItem'],
        outbox: ['PutItem'],
      },
      environment: {
        GUARD_KEY_SECRET: guardKey.secretArn,
        SECRET_NUMBER_KEY_SECRET: secretNumberKey.secretArn,
        ORIGIN_SECRET,
        SITE_URL,
      },
      whenFailing: 'Nobody can register.',
      memory: 1769,
    })
    allowSecrets(register, guardKey, secretNumberKey)
    const logIn = serviceFunction(this, 'identity/log-in', this.#parts, {
      tables: {
        accounts: ['GetItem'],
        'sign-in-guards': ['UpdateItem'],
        sessions: ['PutItem'],
        outbox: ['PutItem'],
      },
      environment: { GUARD_KEY_SECRET: guardKey.secretArn, ORIGIN_SECRET, SITE_URL },
      whenFailing: 'Nobody can log in.',
      memory: 1769,
    })
    allowSecrets(logIn, guardKey)
    const changePassword = serviceFunction(this, 'identity/change-password', this.#parts, {
      tables: {
        sessions: ['GetItem', 'UpdateItem'],
        accounts: ['GetItem', 'UpdateItem'],
        entries: ['GetItem'],
        'sign-in-guards': ['UpdateItem'],
        outbox: ['PutItem'],
      },
      environment: {
        GUARD_KEY_SECRET: guardKey.secretArn,
        SECRET_NUMBER_KEY_SECRET: secretNumberKey.secretArn,
        ORIGIN_SECRET,
        SITE_URL,
      },
      whenFailing: 'Candidates who are logged in cannot change their password.',
      memory: 1769,
    })
    allowSecrets(changePassword, guardKey, secretNumberKey)
    return {
      'identity/register': register,
      'identity/log-in': logIn,
      'identity/log-out': serviceFunction(this, 'identity/log-out', this.#parts, {
        tables: { sessions: ['DeleteItem'] },
        environment: { ORIGIN_SECRET, SITE_URL },
        whenFailing: 'Logging out fails; sessions still end by themselves after 30 minutes.',
      }),
      'identity/show-account': serviceFunction(this, 'identity/show-account', this.#parts, {
        tables: { sessions: ['GetItem', 'UpdateItem'], accounts: ['GetItem'], entries: ['GetItem'] },
        environment: { ORIGIN_SECRET },
        whenFailing: 'Candidates who are logged in do not see their details.',
      }),
      'identity/change-account': serviceFunction(this, 'identity/change-account', this.#parts, {
        tables: { sessions: ['GetItem', 'UpdateItem'], accounts: ['GetItem', 'UpdateItem'], entries: ['GetItem'] },
        environment: { ORIGIN_SECRET, SITE_URL },
        whenFailing: 'Candidates who are logged in cannot change their details, nor whether they want emails.',
      }),
      'identity/change-password': changePassword,
      'identity/export-account': serviceFunction(this, 'identity/export-account', this.#parts, {
        tables: readsOwnResults,
        environment: { ORIGIN_SECRET, ...toEnvironment(this.#parts.stage.expectedResults) },
        whenFailing: 'Candidates who are logged in cannot download what is held about them.',
      }),
      'results/list-results': serviceFunction(this, 'results/list-results', this.#parts, {
        tables: readsOwnResults,
        environment: { ORIGIN_SECRET, ...toEnvironment(this.#parts.stage.expectedResults) },
        whenFailing: 'Candidates who are logged in do not see their results.',
      }),
      'results/show-statement': serviceFunction(this, 'results/show-statement', this.#parts, {
        tables: {
          ...readsOwnResults,
          centres: ['GetItem'],
        },
        environment: {
          ORIGIN_SECRET,
          SERVICE_NAME: this.#parts.stage.serviceName,
          ...toEnvironment(this.#parts.stage.expectedResults),
        },
        whenFailing: 'Candidates see their results on the page but cannot download their statement.',
        // A statement takes a tenth of a second of a whole core.
        memory: 1769,
      }),
      'reference/list-exams': serviceFunction(this, 'reference/list-exams', this.#parts, {
        tables: {},
        environment: { ORIGIN_SECRET },
        whenFailing: 'The page about the exams stays empty.',
      }),
      'reference/list-countries': serviceFunction(this, 'reference/list-countries', this.#parts, {
        tables: {},
        environment: { ORIGIN_SECRET },
        whenFailing: 'The registration form has no list of countries.',
      }),
      'reference/list-languages': serviceFunction(this, 'reference/list-languages', this.#parts, {
        tables: {},
        environment: { ORIGIN_SECRET },
        whenFailing: 'The registration form has no list of languages.',
      }),
      'reference/health': serviceFunction(this, 'reference/health', this.#parts, {
        tables: {},
        environment: {},
        whenFailing: 'Candidates notice nothing by this alone; watchers from outside report the service as down.',
      }),
    } satisfies Partial<AnsweringFunctions>
  }

  /** What links in mails are asked for with, and lead to. */
  #linkFunctions(SITE_URL: string) {
    const ORIGIN_SECRET = this.#data.originSecret.secretValue.unsafeUnwrap()
    const { guardKey, secretNumberKey } = this.#data
    const environment = { GUARD_KEY_SECRET: guardKey.secretArn, ORIGIN_SECRET, SITE_URL }
    const requestReset = serviceFunction(this, 'identity/request-password-reset', this.#parts, {
      tables: { 'sign-in-guards': ['UpdateItem'], accounts: ['GetItem'], outbox: ['PutItem'] },
      environment,
      whenFailing: 'Nobody who has forgotten a password can ask for a new one.',
    })
    const confirmReset = serviceFunction(this, 'identity/confirm-password-reset', this.#parts, {
      tables: {
        tokens: ['DeleteItem', 'GetItem'],
        accounts: ['GetItem', 'UpdateItem'],
        entries: ['GetItem'],
        'sign-in-guards': ['UpdateItem'],
        outbox: ['PutItem'],
      },
      environment: { ...environment, SECRET_NUMBER_KEY_SECRET: secretNumberKey.secretArn },
      whenFailing: 'Links to a new password lead nowhere; they stay good for an hour.',
      memory: 1769,
    })
    const changeEmail = serviceFunction(this, 'identity/change-email', this.#parts, {
      tables: {
        sessions: ['GetItem', 'UpdateItem'],
        accounts: ['GetItem', 'UpdateItem'],
        'sign-in-guards': ['UpdateItem'],
        outbox: ['PutItem'],
      },
      environment,
      whenFailing: 'Candidates who are logged in cannot change their email address.',
      memory: 1769,
    })
    for (const one of [requestReset, changeEmail]) allowSecrets(one, guardKey)
    allowSecrets(confirmReset, guardKey, secretNumberKey)
    return {
      'identity/request-password-reset': requestReset,
      'identity/confirm-password-reset': confirmReset,
      'identity/change-email': changeEmail,
      'identity/confirm-email': serviceFunction(this, 'identity/confirm-email', this.#parts, {
        tables: { tokens: ['DeleteItem', 'GetItem'], accounts: ['GetItem', 'UpdateItem'], outbox: ['PutItem'] },
        environment: { ORIGIN_SECRET, SITE_URL },
        whenFailing: 'New email addresses cannot be confirmed; mail goes to the old ones.',
      }),
    } satisfies Partial<AnsweringFunctions>
  }

  #importFunctions() {
    const { importsBucket, importsKey } = this.#data
    const start = serviceFunction(this, 'imports/start-import', this.#parts, {
      tables: { imports: ['PutItem'], audit: ['PutItem'] },
      environment: { IMPORTS_BUCKET: importsBucket.bucketName, STAGE: this.#parts.stage.name },
      whenFailing: 'Candidates notice nothing yet; no file of entries or results can be brought in.',
    })
    // The address it hands out carries its own right to put one object, encrypted.
    const newNames = 'Each import has an object of its own, named after its id.'
    for (const kind of importKinds)
      start.allowMatching(['s3:PutObject'], importsBucket.arnForObjects(`${kind}/*`), newNames)
    start.allow(['kms:GenerateDataKey'], importsKey.keyArn)
    const show = serviceFunction(this, 'imports/show-import', this.#parts, {
      tables: { imports: ['GetItem'], audit: ['PutItem'] },
      environment: { IMPORTS_BUCKET: importsBucket.bucketName },
      whenFailing: 'Candidates notice nothing; operators do not see what became of an import.',
    })
    show.allowMatching(['s3:GetObject'], importsBucket.arnForObjects('reports/*'), newNames)
    show.allow(['kms:Decrypt'], importsKey.keyArn)
    return { 'imports/start-import': start, 'imports/show-import': show } satisfies Partial<AnsweringFunctions>
  }

  #readiness(release: ReleaseStack): ServiceFunction {
    const { stage } = this.#parts
    const deadLetters = release.node.findAll().filter((construct) => construct instanceof DeadLetters)
    const readiness = serviceFunction(this, 'release/check-readiness', this.#parts, {
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
      this.formatArn({
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

  #releaseFunctions(release: ReleaseStack, siteUrl: string) {
    const { schedule, releaseResults } = release
    const scheduling = {
      SCHEDULE_GROUP: schedule.groupName,
      RELEASE_FUNCTION_ARN: releaseResults.lambda.functionArn,
      SCHEDULE_ROLE_ARN: schedule.role.roleArn,
      SCHEDULE_DEAD_LETTERS_ARN: schedule.deadLetters.queue.queueArn,
    }
    const approve = serviceFunction(this, 'release/approve-release', this.#parts, {
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
      timeout: approvalTime,
    })
    const resume = serviceFunction(this, 'release/resume-release', this.#parts, {
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
    const readiness = this.#readiness(release)
    return {
      'release/check-readiness': readiness,
      'release/plan-release': serviceFunction(this, 'release/plan-release', this.#parts, {
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
        timeout: approvalTime,
      }),
      'release/approve-release': approve,
      'release/resume-release': resume,
      'release/hold-release': serviceFunction(this, 'release/hold-release', this.#parts, {
        tables: { releases: ['GetItem', 'UpdateItem'], audit: ['PutItem'] },
        environment: {},
        whenFailing: 'Results that should be hidden cannot be: a release that went wrong stays visible.',
      }),
      'release/cancel-release': serviceFunction(this, 'release/cancel-release', this.#parts, {
        tables: {
          releases: ['GetItem', 'UpdateItem'],
          corrections: ['GetItem', 'UpdateItem'],
          audit: ['PutItem'],
        },
        environment: {},
        whenFailing: 'Candidates notice nothing yet; a release that should not happen can only be held.',
      }),
      'release/show-release': serviceFunction(this, 'release/show-release', this.#parts, {
        tables: { releases: ['GetItem'], corrections: ['GetItem'], summaries: ['GetItem'], audit: ['PutItem'] },
        environment: {},
        whenFailing: 'Candidates notice nothing; operators do not see how a release stands.',
      }),
    } satisfies Partial<AnsweringFunctions>
  }

  /** Queues are found by their names, which the contract lists. */
  #deadLetterFunctions() {
    const { stage } = this.#parts
    const whenFailing = 'Candidates notice nothing; operators cannot see or give back what was given up.'
    const environment = { QUEUE_PREFIX: stageResourceName(stage) }
    const timeout = approvalTime
    const arnOf = (name: string) =>
      this.formatArn({
        service: 'sqs',
        resource: stageResourceName(stage, name),
        arnFormat: ArnFormat.NO_RESOURCE_NAME,
      })
    const names = Object.keys(deadLetterQueues) as DeadLetterQueueName[]
    const deadLetters = names.map((name) => arnOf(`${name}-dead-letters`))
    const list = serviceFunction(this, 'queues/list-dead-letters', this.#parts, {
      ...{ tables: { audit: ['PutItem'] }, environment, whenFailing, timeout },
    })
    list.allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], ...deadLetters)
    const redrive = serviceFunction(this, 'queues/redrive-dead-letters', this.#parts, {
      ...{ tables: { audit: ['PutItem'] }, environment, whenFailing, timeout },
    })
    const movable = names.filter((name) => !notRedrivable.includes(name))
    redrive.allow(
      [
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
        'sqs:StartMessageMoveTask',
      ],
      ...movable.map((name) => arnOf(`${name}-dead-letters`)),
    )
    redrive.allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'], ...movable.map(arnOf))
    return {
      'queues/list-dead-letters': list,
      'queues/redrive-dead-letters': redrive,
    } satisfies Partial<AnsweringFunctions>
  }

  /** What the links in mails' headers lead to. */
  #unsubscribe() {
    const { unsubscribeKey, originSecret } = this.#data
    const unsubscribe = serviceFunction(this, 'mail/unsubscribe', this.#parts, {
      tables: { accounts: ['GetItem', 'UpdateItem'] },
      environment: {
        UNSUBSCRIBE_KEY_SECRET: unsubscribeKey.secretArn,
        ORIGIN_SECRET: originSecret.secretValue.unsafeUnwrap(),
      },
      whenFailing: 'Links that end mails about results fail; candidates can still turn them off under My details.',
    })
    allowSecrets(unsubscribe, unsubscribeKey)
    return { 'mail/unsubscribe': unsubscribe } satisfies Partial<AnsweringFunctions>
  }

  /** What operators do about mails. */
  #mailFunctions({ releasePlans, resultEmails }: ReleaseStack) {
    const timeout = approvalTime
    const unwatched = 'Candidates notice nothing; operators do not see what became of the mails of a release.'
    const helpless = 'Candidates notice nothing yet; operators cannot settle what became of mails.'
    const reconcile = serviceFunction(this, 'mail/reconcile-result-emails', this.#parts, {
      tables: {
        releases: ['GetItem'],
        deliveries: ['BatchGetItem', 'GetItem', 'Query on ledger', 'UpdateItem'],
        audit: ['PutItem'],
      },
      environment: { RESULT_EMAILS_QUEUE: resultEmails.queue.queueUrl },
      ...{ whenFailing: helpless, memory: 1024, timeout },
    })
    const resend = serviceFunction(this, 'mail/resend-unknown-emails', this.#parts, {
      tables: {
        releases: ['GetItem'],
        deliveries: ['BatchGetItem', 'GetItem', 'Query on ledger', 'UpdateItem'],
        audit: ['PutItem'],
      },
      environment: { RESULT_EMAILS_QUEUE: resultEmails.queue.queueUrl },
      ...{ whenFailing: helpless, memory: 1024, timeout },
    })
    const resume = serviceFunction(this, 'mail/resume-result-emails', this.#parts, {
      tables: {
        releases: ['GetItem'],
        deliveries: ['BatchGetItem', 'GetItem', 'UpdateItem'],
        audit: ['PutItem'],
      },
      environment: { RELEASE_PLANS_QUEUE: releasePlans.queue.queueUrl },
      whenFailing: helpless,
    })
    for (const one of [reconcile, resend]) one.allow(['sqs:SendMessage'], resultEmails.queue.queueArn)
    resume.allow(['sqs:SendMessage'], releasePlans.queue.queueArn)
    return {
      'mail/report-result-emails': serviceFunction(this, 'mail/report-result-emails', this.#parts, {
        tables: { releases: ['GetItem'], deliveries: ['GetItem', 'Query on ledger'], audit: ['PutItem'] },
        environment: {},
        ...{ whenFailing: unwatched, memory: 1024, timeout },
      }),
      'mail/list-unmailed': serviceFunction(this, 'mail/list-unmailed', this.#parts, {
        tables: {
          releases: ['GetItem'],
          deliveries: ['BatchGetItem', 'GetItem', 'Query on ledger'],
          audit: ['PutItem'],
        },
        environment: {},
        ...{ whenFailing: unwatched, memory: 1024, timeout },
      }),
      'mail/reconcile-result-emails': reconcile,
      'mail/resend-unknown-emails': resend,
      'mail/resume-result-emails': resume,
    } satisfies Partial<AnsweringFunctions>
  }
}

const mailReach = ({ mail: { recipients, staysHere } }: Stage): MailReach =>
  staysHere ? 'nobody' : recipients === 'everyone' ? 'everybody' : 'a-list'

/** API Gateway waits 30 s for an answer; counting a large session takes most of it. */
const approvalTime = Duration.seconds(29)

const allowSecrets = (reader: ServiceFunction, ...secrets: Secret[]): void =>
  reader.allow(['secretsmanager:GetSecretValue'], ...secrets.map(({ secretArn }) => secretArn))
