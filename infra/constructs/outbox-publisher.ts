import { Duration } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { DeadLetters } from './queue-with-dead-letters.ts'
import { type FunctionParts, type ServiceFunction, serviceFunction } from './service-function.ts'

/**
 * Publishes every outbox row to the bus, in no guaranteed order. A failing row is isolated and retried 30 times with growing
 * delays; then its stream position goes to the dead-letter queue, and the row stays in the table until it expires.
 */
export class OutboxPublisher extends Construct {
  readonly publisher: ServiceFunction

  constructor(
    scope: Construct,
    props: { readonly parts: FunctionParts; readonly bus: EventBus; readonly outbox: Table },
  ) {
    super(scope, 'outbox')
    const whenFailing =
      'Confirmation mails and releases wait: what happened is stored but not yet told to the other functions.'
    const { stage } = props.parts
    const streamArn = props.outbox.tableStreamArn as string
    const deadLetters = new DeadLetters(this, 'outbox-dead-letters', { stage, whenFailing })
    this.publisher = serviceFunction(this, 'events/publish-events', props.parts, {
      tables: {},
      environment: { EVENT_BUS: props.bus.eventBusName },
      whenFailing,
      timeout: Duration.seconds(30),
    })
    this.publisher.allow(['events:PutEvents'], props.bus.eventBusArn)
    this.publisher.allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], streamArn)
    this.publisher.allowMatching(
      ['dynamodb:ListStreams'],
      '*',
      'Lambda lists the streams first; AWS knows that action for `*` only.',
    )
    this.publisher.allow(['sqs:SendMessage'], deadLetters.queue.queueArn)
    new CfnEventSourceMapping(this, 'stream', {
      functionName: this.publisher.lambda.functionName,
      eventSourceArn: streamArn,
      startingPosition: 'TRIM_HORIZON',
      // Only inserts are published, no TTL removals.
      filterCriteria: { filters: [{ pattern: JSON.stringify({ eventName: ['INSERT'] }) }] },
      batchSize: 10,
      parallelizationFactor: 10,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      maximumRetryAttempts: 30,
      maximumRecordAgeInSeconds: Duration.hours(6).toSeconds(),
      destinationConfig: { onFailure: { destination: deadLetters.queue.queueArn } },
    }).node.addDependency(this.publisher.role)
  }
}
