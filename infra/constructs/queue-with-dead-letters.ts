import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { type Stage, stageResourceName } from '../stages.ts'
import { acknowledge } from './acknowledge.ts'

export interface QueueWithDeadLettersProps {
  readonly stage: Stage
  /** Time limit of the consumer; a message comes back half a minute after it. */
  readonly consumerTimeout: Duration
  /** How old a message may get before somebody is told. */
  readonly maxMessageAge: Duration
  /** Deliveries before a message goes to the dead letters. */
  readonly maxReceiveCount: number
  /** What candidates notice while messages lie in the dead letters; the alarm says so. */
  readonly whenFailing: string
}

/** An encrypted queue, reached by TLS alone, whose undeliverable messages stay 14 days in `<name>-dead-letters`, with an alarm from the first. */
export class QueueWithDeadLetters extends Construct {
  readonly queue: Queue
  readonly deadLetters: DeadLetters
  /** Known before deployment, so that alarms need no reference to this stack. */
  readonly queueName: string
  readonly whenFailing: string
  readonly maxMessageAge: Duration

  constructor(scope: Construct, id: string, props: QueueWithDeadLettersProps) {
    super(scope, id)
    this.whenFailing = props.whenFailing
    this.maxMessageAge = props.maxMessageAge
    this.queueName = stageResourceName(props.stage, id)
    this.deadLetters = new DeadLetters(this, `${id}-dead-letters`, props)
    this.queue = new Queue(this, 'Queue', {
      queueName: this.queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: props.consumerTimeout.plus(Duration.seconds(30)),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters.queue, maxReceiveCount: props.maxReceiveCount },
    })
  }
}

/** The end of the line for messages, schedules and stream records that failed; the operations stack puts an alarm on each. */
export class DeadLetters extends Construct {
  readonly queue: Queue
  /** Known before deployment, so that alarms need no reference to this stack. */
  readonly queueName: string
  readonly whenFailing: string

  constructor(scope: Construct, id: string, props: { readonly stage: Stage; readonly whenFailing: string }) {
    super(scope, id)
    this.whenFailing = props.whenFailing
    this.queueName = stageResourceName(props.stage, id)
    this.queue = new Queue(this, 'Queue', {
      queueName: this.queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(this.queue, 'AwsSolutions-SQS3', 'It is itself where dead letters go.')
  }
}
