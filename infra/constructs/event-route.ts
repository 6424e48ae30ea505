import { Duration } from 'aws-cdk-lib'
import { type EventBus, type EventPattern, type IEventBus, Rule, type RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import type { Construct } from 'constructs'
import type { QueueWithDeadLetters } from './queue-with-dead-letters.ts'

/** Routes matching events to a queue; events that cannot be delivered for a day go to the queue's own dead-letter queue, to be redriven the same way. */
export const routeEvents = (
  scope: Construct,
  id: string,
  props: {
    readonly bus?: EventBus
    readonly pattern: EventPattern
    readonly to: QueueWithDeadLetters
    /** Transforms the event for the queue; the whole event if absent. */
    readonly as?: RuleTargetInput
  },
): Rule =>
  new Rule(scope, id, {
    ...(props.bus && { eventBus: props.bus as IEventBus }),
    eventPattern: props.pattern,
    targets: [
      new SqsQueue(props.to.queue, {
        deadLetterQueue: props.to.deadLetters.queue,
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
        ...(props.as && { message: props.as }),
      }),
    ],
  })
