import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { type Stage, stageResourceName } from '../stages.ts'
import { acknowledge } from './acknowledge.ts'

export interface QueueWithDeadLettersProps {
  readonly stage: Stage
  /** Timeout of the consumer; the visibility timeout is half a minute longer. */
  readonly consumerTimeout: Duration
  /** Age of the oldest message at which the alarm fires. */
  readonly maxMessageAge: Duration
  /** Receives before a message goes to the dead-letter queue. */
  readonly maxReceiveCount: number
  /** What candidates notice while messages are in the dead-letter queue; used in the alarm. */
  readonly whenFailing: string
}

/** An encrypted queue, accessible by TLS only, with a dead-letter queue `<name>-dead-letters` that keeps messages for 14 days and has an alarm from the first message on. */
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

/** A dead-letter queue for messages, schedules or stream records; the operations stack creates an alarm for each. */
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
    acknowledge(this.queue, 'AwsSolutions-SQS3', 'It is itself a dead-letter queue.')
  }
}
