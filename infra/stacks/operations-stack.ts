import { Stack, type StackProps } from 'aws-cdk-lib'
import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { monthlyBudget } from '../constructs/monthly-budget.ts'
import { OutboxPublisher } from '../constructs/outbox-publisher.ts'
import { DeadLetters, QueueWithDeadLetters } from '../constructs/queue-with-dead-letters.ts'
import { ReleaseSchedule } from '../constructs/release-schedule.ts'
import { type ServiceAlarmProps, serviceAlarm } from '../constructs/service-alarm.ts'
import { ServiceFunction } from '../constructs/service-function.ts'
import {
  answeredFaults,
  countedMetric,
  droppedSchedules,
  functionMetric,
  p99Latency,
  queueMetric,
  reputation,
  serverErrorRate,
  throttledInvocations,
  throttledTableRequests,
} from '../constructs/service-metrics.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import type { WebStack } from './web-stack.ts'

export interface OperationsStackProps extends StackProps {
  readonly stage: Stage
  readonly web: WebStack
  /** All stacks whose functions, queues and schedules are monitored. */
  readonly watched: readonly Stack[]
}

/** Monitoring: an alarm for everything that can fail, a dashboard, and the budget. */
export class OperationsStack extends Stack {
  readonly #topic: ITopic
  readonly #alarms: Alarm[] = []

  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, props)
    const topic = alarmTopic(this, props.stage)
    this.#topic = topic as ITopic
    const found = props.watched.flatMap((stack) => stack.node.findAll())
    const functions = found.filter((construct) => construct instanceof ServiceFunction)
    const queues = found.filter((construct) => construct instanceof QueueWithDeadLetters)
    const deadLetters = found.filter((construct) => construct instanceof DeadLetters)

    for (const one of functions) this.#watchFunction(one, props.stage)
    for (const one of queues) this.#watchQueue(one)
    for (const one of deadLetters) this.#watchDeadLetters(one)
    for (const one of found) {
      if (one instanceof ReleaseSchedule) this.#watchReleases(one)
      if (one instanceof OutboxPublisher) this.#watchOutbox(one)
    }
    this.#watchRequests(props.web, props.stage)
    this.#watchTables()
    this.#watchMail(props.stage)
    this.#watchLocks(props.stage)
    monthlyBudget(this, props.stage, topic)
    this.#dashboard(props, functions, queues)
  }

  #alarm(id: string, props: Omit<ServiceAlarmProps, 'tells'>): void {
    this.#alarms.push(serviceAlarm(this, id, { ...props, tells: this.#topic }))
  }

  #watchFunction(watched: ServiceFunction, stage: Stage): void {
    const { node, name, functionName, whenFailing, runbook, toleratedFaults } = watched
    const what = { threshold: toleratedFaults + 1, candidates: whenFailing, runbook }
    this.#alarm(`${node.id}-errors`, { ...what, metric: functionMetric(functionName, 'Errors') })
    if (watched.countsFaults) this.#alarm(`${node.id}-faults`, { ...what, metric: answeredFaults(stage, name) })
  }

  #watchQueue({ queueName, whenFailing, maxMessageAge, node }: QueueWithDeadLetters): void {
    this.#alarm(`${node.id}-behind`, {
      metric: queueMetric(queueName, 'ApproximateAgeOfOldestMessage'),
      threshold: maxMessageAge.toSeconds(),
      periods: 5,
      candidates: `Later than usual: ${whenFailing}`,
      runbook: 'queue-behind',
    })
  }

  #watchDeadLetters({ queueName, whenFailing, node }: DeadLetters): void {
    this.#alarm(node.id, {
      metric: queueMetric(queueName, 'ApproximateNumberOfMessagesVisible'),
      threshold: 1,
      candidates: whenFailing,
      runbook: 'dead-letters',
    })
  }

  #watchOutbox({ publisher }: OutboxPublisher): void {
    this.#alarm('outbox-behind', {
      metric: functionMetric(publisher.functionName, 'IteratorAge'),
      threshold: 60_000,
      candidates: publisher.whenFailing,
      runbook: 'outbox-behind',
    })
  }

  #watchReleases({ groupName, releases }: ReleaseSchedule): void {
    this.#alarm('release-sweep-silent', {
      metric: functionMetric(releases.functionName, 'Invocations'),
      threshold: 3,
      whenSilent: true,
      candidates: 'A release whose own schedule is lost would not happen: the sweep does not run.',
      runbook: 'release-not-executed',
    })
    this.#alarm('release-schedule-dropped', {
      metric: droppedSchedules(groupName),
      threshold: 1,
      candidates: 'A release, or one sweep, was not started. Results stay hidden if the next sweep does not open them.',
      runbook: 'release-not-executed',
    })
  }

  #watchRequests({ httpApi }: WebStack, stage: Stage): void {
    this.#alarm('api-errors', {
      name: stageResourceName(stage, 'api-errors'),
      metric: serverErrorRate(httpApi),
      threshold: 1,
      periods: 3,
      candidates: 'One request in a hundred or more fails: candidates are told that something went wrong.',
      runbook: 'api-errors',
    })
    this.#alarm('api-slow', {
      name: stageResourceName(stage, 'api-slow'),
      metric: p99Latency(httpApi),
      threshold: 3_000,
      periods: 5,
      candidates: 'Pages and log-ins take three seconds or more for one candidate in a hundred.',
      runbook: 'api-slow',
    })
    this.#alarm('functions-throttled', {
      metric: throttledInvocations,
      threshold: 10,
      candidates: 'Candidates are told to try again in a moment: the account has reached its concurrency limit.',
      runbook: 'requests-throttled',
    })
  }

  /** A few throttled requests are retried unseen, while DynamoDB makes room; more of them reach people. */
  #watchTables(): void {
    const throttled = { threshold: 100, periods: 2, runbook: 'tables-throttled' } as const
    this.#alarm('table-reads-throttled', {
      ...throttled,
      metric: throttledTableRequests('ReadThrottleEvents'),
      candidates: 'Answers take longer, and some candidates are told that something went wrong.',
    })
    this.#alarm('table-writes-throttled', {
      ...throttled,
      metric: throttledTableRequests('WriteThrottleEvents'),
      candidates: 'Log-ins and registrations take longer, and some fail; imports and mails are slower.',
    })
  }

  /** The lock is per ID and independent of the source; guesses spread over many IDs show in the number of locks (R28). */
  #watchLocks(stage: Stage): void {
    this.#alarm('lock-storm', {
      metric: countedMetric(stage, 'Locks'),
      threshold: stormOfLocks,
      candidates: 'Many candidates are locked out for 30 minutes: somebody is probably trying passwords on many IDs.',
      runbook: 'lock-storm',
    })
    this.#alarm('many-failures', {
      metric: countedMetric(stage, 'ManyFailures'),
      threshold: 1,
      candidates: 'One candidate is locked out repeatedly: 99 wrong passwords in a row.',
      runbook: 'many-failures',
    })
  }

  /** SES reviews an account from 5 % bounces or 0.1 % complaints on; these fire before. */
  #watchMail(stage: Stage): void {
    const candidates = 'Nobody notices yet; if it goes on, AWS stops all mail of the service.'
    this.#alarm('mails-bouncing', {
      metric: reputation('Reputation.BounceRate'),
      threshold: 0.04,
      candidates,
      runbook: 'mail-reputation',
    })
    this.#alarm('mails-complained-about', {
      metric: reputation('Reputation.ComplaintRate'),
      threshold: 0.0008,
      candidates,
      runbook: 'mail-reputation',
    })
    this.#alarm('mails-stopped', {
      metric: countedMetric(stage, 'MailsStopped'),
      threshold: 1,
      candidates: 'The mails of a release have stopped, since too many of them bounced or were reported as spam.',
      runbook: 'mails-stopped',
    })
  }

  #dashboard({ stage, web }: OperationsStackProps, functions: ServiceFunction[], queues: QueueWithDeadLetters[]): void {
    const half = { width: 12, height: 6 }
    new Dashboard(this, 'dashboard', {
      dashboardName: stageResourceName(stage),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 6, alarms: this.#alarms })],
        [
          new GraphWidget({ ...half, title: 'Requests answered 5xx, %', left: [serverErrorRate(web.httpApi)] }),
          new GraphWidget({ ...half, title: 'Latency p99, ms', left: [p99Latency(web.httpApi)] }),
        ],
        [
          new GraphWidget({
            ...half,
            title: 'Messages waiting',
            left: queues.map(({ queueName }) => queueMetric(queueName, 'ApproximateNumberOfMessagesVisible')),
          }),
          new GraphWidget({
            ...half,
            title: 'Failed invocations',
            left: functions.map(({ functionName }) => functionMetric(functionName, 'Errors')),
          }),
        ],
        [
          new GraphWidget({
            ...half,
            title: 'Throttled by DynamoDB',
            left: [throttledTableRequests('ReadThrottleEvents'), throttledTableRequests('WriteThrottleEvents')],
          }),
          new GraphWidget({ ...half, title: 'Throttled by Lambda', left: [throttledInvocations] }),
        ],
      ],
    })
  }
}

/** Locks in five minutes; on a results morning some ten candidates a minute lock themselves out. */
const stormOfLocks = 200

const alarmTopic = (scope: Construct, stage: Stage): Topic => {
  const topic = new Topic(scope, 'alarms', { topicName: stageResourceName(stage, 'alarms'), enforceSSL: true })
  // A topic with its own policy no longer accepts the account's alarms by default.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  )
  if (stage.alarmEmail) topic.addSubscription(new EmailSubscription(stage.alarmEmail))
  return topic
}
