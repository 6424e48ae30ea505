import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import { type EventType, eventSource } from '../../shared/contracts/events.ts'
import type { RetentionDays } from '../../shared/contracts/messages.ts'
import { DailySchedule } from '../constructs/daily-schedule.ts'
import { routeEvents } from '../constructs/event-route.ts'
import { fileImports } from '../constructs/file-imports.ts'
import { routeMailOutcomes } from '../constructs/mail-outcomes.ts'
import { MailService } from '../constructs/mail-service.ts'
import { OutboxPublisher } from '../constructs/outbox-publisher.ts'
import {
  DeadLetters,
  QueueWithDeadLetters,
  type QueueWithDeadLettersProps,
} from '../constructs/queue-with-dead-letters.ts'
import { ReleaseSchedule } from '../constructs/release-schedule.ts'
import { type FunctionParts, type ServiceFunction, serviceFunction } from '../constructs/service-function.ts'
import type { Retention } from '../stages.ts'
import { stageResourceName } from '../stages.ts'
import type { DataStack } from './data-stack.ts'

export interface ReleaseStackProps extends StackProps {
  readonly parts: FunctionParts
  readonly data: DataStack
  /** Base URL of links in mails. */
  readonly siteUrl: string
}

/** Events that cause an account mail. */
const accountEvents = [
  'candidate-registered',
  'account-locked',
  'many-failures',
  'password-reset-requested',
  'password-changed',
  'email-change-requested',
  'email-changed',
] as const satisfies readonly EventType[]

/** A sender's work time of two minutes, and a minute to finish. */
const resultEmailsTimeout = Duration.minutes(3)

/** Everything asynchronous: functions triggered by files, events, queues and schedules. */
export class ReleaseStack extends Stack {
  readonly schedule: ReleaseSchedule
  readonly releaseResults: ServiceFunction
  readonly releasePlans: QueueWithDeadLetters
  readonly resultEmails: QueueWithDeadLetters
  readonly #parts: FunctionParts
  readonly #data: DataStack

  constructor(scope: Construct, id: string, props: ReleaseStackProps) {
    super(scope, id, props)
    this.#parts = props.parts
    this.#data = props.data
    new OutboxPublisher(this, { parts: props.parts, bus: props.data.bus, outbox: props.data.tables.outbox })
    fileImports(this, props)
    this.#sealResults()
    const deadLetters = new DeadLetters(this, 'release-dead-letters', {
      stage: props.parts.stage,
      whenFailing: 'A release may not happen at its instant, unless the sweep of the next minute succeeds.',
    })
    this.releaseResults = this.#releaseResults(deadLetters)
    this.schedule = new ReleaseSchedule(this, { stage: props.parts.stage, deadLetters, releases: this.releaseResults })
    const mail = new MailService(this, props.parts.stage)
    this.#accountEmails(mail, props.siteUrl)
    const { plans, emails } = this.#resultEmails(mail, props.siteUrl)
    this.releasePlans = plans
    this.resultEmails = emails
    this.#lateCandidates(emails)
    this.#emailOutcomes(mail)
    this.#mailAlarms()
    this.#retention()
  }

  #sealResults(): void {
    const sealer = serviceFunction(this, 'release/seal-results', this.#parts, {
      tables: {
        releases: ['GetItem', 'UpdateItem'],
        corrections: ['GetItem', 'UpdateItem'],
        openings: ['GetItem'],
        results: ['Query on bySession', 'UpdateItem'],
      },
      environment: {},
      whenFailing: 'An approved release is not prepared and will not open at its instant.',
      memory: 1024,
      timeout: Duration.minutes(15),
    })
    const queue = this.#queueFor(sealer, 'release-seals', { maxReceiveCount: 10, maxMessageAge: Duration.minutes(5) })
    for (const type of ['release-approved', 'correction-approved'] as const) this.#onEvent(type, queue)
    sealer.consume(queue, { batchSize: 1, maxConcurrency: 10 })
  }

  #releaseResults(deadLetters: DeadLetters): ServiceFunction {
    return serviceFunction(this, 'release/release-results', this.#parts, {
      tables: {
        releases: ['GetItem', 'Scan', 'UpdateItem'],
        corrections: ['GetItem', 'Scan', 'UpdateItem'],
        openings: ['PutItem', 'UpdateItem'],
        outbox: ['PutItem'],
        audit: ['PutItem'],
      },
      environment: {},
      whenFailing: 'Results stay hidden although their announced instant has passed.',
      // It waits up to three minutes for the instant, and up to one for the seals, before it commits.
      timeout: Duration.minutes(5),
      reservedConcurrency: this.#parts.stage.releaseConcurrency,
      deadLetters,
      toleratedFaults: 0,
      runbook: 'release-not-executed',
    })
  }

  #accountEmails(mail: MailService, siteUrl: string): void {
    const sender = serviceFunction(this, 'mail/send-account-email', this.#parts, {
      tables: {
        accounts: ['BatchGetItem', 'UpdateItem'],
        entries: ['BatchGetItem'],
        deliveries: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'],
        tokens: ['PutItem'],
      },
      environment: { ...mail.environment, SITE_URL: siteUrl, STAGE: this.#parts.stage.name },
      whenFailing: 'No account mails: no confirmations, password-reset links, or notices of a lock or change.',
      timeout: Duration.seconds(30),
    })
    mail.allowSendEmail(sender)
    // Retried every minute: a burst of such mails exceeds their share of the send rate, which must not send a link to the DLQ.
    const queue = this.#queueFor(sender, 'account-emails', { maxReceiveCount: 30, maxMessageAge: Duration.minutes(10) })
    for (const type of accountEvents) this.#onEvent(type, queue)
    sender.consume(queue, { batchSize: 10, maxConcurrency: 5 })
  }

  #resultEmails(mail: MailService, siteUrl: string) {
    const notNotified =
      'Candidates who opted in get no mail that their results are out; the results themselves are visible.'
    const plans = this.#queue('release-plans', {
      consumerTimeout: Duration.minutes(5),
      maxMessageAge: Duration.minutes(15),
      maxReceiveCount: 10,
      whenFailing: notNotified,
    })
    const emails = this.#queue('result-emails', {
      consumerTimeout: resultEmailsTimeout,
      maxMessageAge: Duration.hours(2),
      maxReceiveCount: 20,
      whenFailing: notNotified,
    })
    const planner = serviceFunction(this, 'mail/plan-result-emails', this.#parts, {
      tables: {
        accounts: ['Query on bySession'],
        results: ['Query on bySession'],
        releases: ['GetItem'],
        openings: ['GetItem'],
        deliveries: ['GetItem', 'PutItem'],
      },
      environment: { RELEASE_PLANS_QUEUE: plans.queue.queueUrl, RESULT_EMAILS_QUEUE: emails.queue.queueUrl },
      whenFailing: notNotified,
      memory: 1024,
      timeout: Duration.minutes(5),
    })
    const sender = serviceFunction(this, 'mail/send-result-emails', this.#parts, {
      tables: {
        accounts: ['BatchGetItem'],
        entries: ['BatchGetItem'],
        releases: ['BatchGetItem'],
        openings: ['BatchGetItem'],
        deliveries: ['Query', 'UpdateItem'],
      },
      environment: {
        ...mail.environment,
        SITE_URL: siteUrl,
        RESULT_MAIL_TEMPLATE_PREFIX: mail.templatePrefix,
        RESULT_EMAILS_QUEUE: emails.queue.queueUrl,
        UNSUBSCRIBE_KEY_SECRET: this.#data.unsubscribeKey.secretArn,
        MAIL_HEADROOM: String(this.#parts.stage.mail.headroom),
      },
      whenFailing: notNotified,
      timeout: resultEmailsTimeout,
      // A wave that cannot continue is requeued to its own queue, 15 minutes at a time.
      allowsRecursion: true,
    })
    planner.allow(['sqs:SendMessage'], plans.queue.queueArn, emails.queue.queueArn)
    sender.allow(['sqs:SendMessage'], emails.queue.queueArn)
    sender.allow(['secretsmanager:GetSecretValue'], this.#data.unsubscribeKey.secretArn)
    for (const type of ['results-released', 'results-corrected'] as const) this.#onEvent(type, plans)
    // The maximum number of lanes of a plan.
    planner.consume(plans, { batchSize: 1, maxConcurrency: 16 })
    sender.consume(emails, { batchSize: 1, maxConcurrency: this.#parts.stage.mail.senders })
    mail.allowSendBulkEmail(sender)
    return { plans, emails }
  }

  #lateCandidates(emails: QueueWithDeadLetters): void {
    const notifier = serviceFunction(this, 'mail/notify-late-candidate', this.#parts, {
      tables: {
        accounts: ['GetItem'],
        results: ['Query on bySession'],
        releases: ['GetItem'],
        openings: ['GetItem'],
        deliveries: ['GetItem', 'PutItem', 'Query'],
      },
      environment: { RESULT_EMAILS_QUEUE: emails.queue.queueUrl },
      whenFailing: 'Candidates who register after the release are not mailed; they see their result when they log in.',
      memory: 1024,
      timeout: Duration.seconds(30),
    })
    notifier.allow(['sqs:SendMessage'], emails.queue.queueArn)
    // Retried every minute while a release is near or being planned.
    const queue = this.#queueFor(notifier, 'late-candidates', {
      maxReceiveCount: 60,
      maxMessageAge: Duration.minutes(30),
    })
    this.#onEvent('candidate-registered', queue, 'late')
    notifier.consume(queue, { batchSize: 10, maxConcurrency: 5 })
  }

  #emailOutcomes(mail: MailService): void {
    const recorder = serviceFunction(this, 'mail/record-email-outcomes', this.#parts, {
      tables: {
        deliveries: ['BatchGetItem', 'GetItem', 'UpdateItem'],
        accounts: ['GetItem', 'UpdateItem'],
        outbox: ['GetItem'],
      },
      environment: { STAGE: this.#parts.stage.name },
      whenFailing:
        'Candidates notice nothing; wrong addresses are not detected, and mails continue although many bounce.',
      memory: 1024,
      timeout: Duration.minutes(1),
    })
    // A killed function causes its whole batch to be redelivered: hence many receives, and batches that are not too large.
    const queue = this.#queueFor(recorder, 'email-outcomes', {
      maxReceiveCount: 20,
      maxMessageAge: Duration.minutes(15),
    })
    routeMailOutcomes(this, mail.configurationSet, queue)
    // 2,000 mails a second cause 4,000 events; per batch of events, each row of mails is written once.
    recorder.consume(queue, { batchSize: 100, maxBatchingWindow: Duration.seconds(5), maxConcurrency: 4 })
  }

  /** Result mails bring log-ins, so they slow down while an alarm of the API is on. */
  #mailAlarms(): void {
    const { stage } = this.#parts
    const throttle = serviceFunction(this, 'mail/throttle-on-alarm', this.#parts, {
      tables: { deliveries: ['UpdateItem'] },
      environment: {},
      whenFailing: 'While log-ins are slow or fail, mails are sent at the full rate and cause more of them.',
    })
    const queue = this.#queueFor(throttle, 'mail-alarms', { maxReceiveCount: 10, maxMessageAge: Duration.minutes(5) })
    routeEvents(this, 'mail-alarm-changes', {
      pattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: ['api-errors', 'api-slow'].map((name) => stageResourceName(stage, name)) },
      },
      to: queue,
      as: RuleTargetInput.fromObject({
        alarm: EventField.fromPath('$.detail.alarmName'),
        state: EventField.fromPath('$.detail.state.value'),
        time: EventField.fromPath('$.time'),
      }),
    })
    throttle.consume(queue, { batchSize: 10, maxConcurrency: 2 })
  }

  #retention(): void {
    const deadLetters = new DeadLetters(this, 'retention-dead-letters', {
      stage: this.#parts.stage,
      whenFailing: 'Candidates notice nothing; their data is kept longer than promised.',
    })
    const retention = serviceFunction(this, 'privacy/apply-retention', this.#parts, {
      tables: {
        entries: ['GetItem', 'DeleteItem', 'Scan'],
        accounts: ['GetItem', 'DeleteItem'],
        results: ['DeleteItem', 'Query', 'Query on bySession'],
        tokens: ['DeleteItem'],
        releases: ['GetItem', 'DeleteItem', 'Scan'],
        openings: ['DeleteItem'],
        corrections: ['DeleteItem', 'Scan'],
        deliveries: ['Query', 'UpdateItem', 'DeleteItem', 'Scan'],
        imports: ['DeleteItem', 'Scan'],
        audit: ['PutItem', 'DeleteItem', 'Scan'],
      },
      environment: { GUARD_KEY_SECRET: this.#data.guardKey.secretArn },
      whenFailing: 'Candidates notice nothing; their data is kept longer than promised.',
      timeout: Duration.minutes(15),
      deadLetters,
      toleratedFaults: 0,
    })
    retention.allow(['secretsmanager:GetSecretValue'], this.#data.guardKey.secretArn)
    new DailySchedule(this, 'retention', {
      stage: this.#parts.stage,
      description: 'Deletes what has been kept for as long as it may be',
      runs: retention,
      input: deletedDaily(this.#parts.stage.retention),
      deadLetters,
    })
  }

  #queueFor(
    { timeout, whenFailing }: ServiceFunction,
    id: string,
    props: Pick<QueueWithDeadLettersProps, 'maxReceiveCount' | 'maxMessageAge'>,
  ): QueueWithDeadLetters {
    return this.#queue(id, { ...props, consumerTimeout: timeout, whenFailing })
  }

  #queue(id: string, props: Omit<QueueWithDeadLettersProps, 'stage'>): QueueWithDeadLetters {
    return new QueueWithDeadLetters(this, id, { stage: this.#parts.stage, ...props })
  }

  #onEvent(type: EventType, to: QueueWithDeadLetters, also = ''): void {
    routeEvents(this, also === '' ? type : `${type}-${also}`, {
      bus: this.#data.bus,
      pattern: { source: [eventSource], detailType: [type] },
      to,
    })
  }
}

/** The retention periods that the daily run enforces; AWS enforces the others. */
const deletedDaily = ({
  candidateDays,
  releaseDays,
  accountMailDays,
  importDays,
  auditDays,
}: Retention): RetentionDays => ({ candidateDays, releaseDays, accountMailDays, importDays, auditDays })
