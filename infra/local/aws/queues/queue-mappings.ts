import { StartUpError } from '../../start-up-error.ts'
import type { InvocationOutcome, Invoke, LocalPrincipal, LocalResource } from '../../types.ts'
import { nameOf } from '../access/role-policies.ts'
import type { ServiceContext } from '../service-context.ts'
import type { Queue, QueueMessage } from './queue.ts'
import type { Queues } from './queues.ts'
import { md5Of, receiptHandleOf, systemAttributes } from './sqs.ts'

interface MappingProperties {
  readonly EventSourceArn: string
  readonly FunctionName: string
  readonly BatchSize?: number | string
  readonly MaximumBatchingWindowInSeconds?: number | string
  readonly FunctionResponseTypes?: readonly string[]
  readonly ScalingConfig?: { readonly MaximumConcurrency: number | string }
  readonly FilterCriteria?: unknown
}

/** Lambda's initial concurrency if a mapping sets no maximum. */
const usualConcurrency = 5

/** The actions that a function's role needs so that Lambda can poll the queue. */
const pollingActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']

/** Polls queues and invokes their functions with batches, from `start` to `stop`. */
export interface QueueMappings {
  start(): void
  stop(): void
}

/** Throws StartUpError on an unsupported mapping. */
export const createQueueMappings = (
  context: ServiceContext,
  options: {
    readonly queues: Queues
    readonly invoke: Invoke
    readonly principalOf: (functionArn: string) => LocalPrincipal
    /** Timer for batching windows, independent of the local clock; real time if absent. */
    readonly after?: After
  },
): QueueMappings => {
  const { after = inRealTime } = options
  const { assembly, authorization, log } = context
  const mappings = assembly
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => (properties.EventSourceArn as string).startsWith('arn:aws:sqs:'))
    .filter(({ properties }) => properties.Enabled !== false && properties.Enabled !== 'false')
    .map((mapping) => {
      const properties = mapping.properties as unknown as MappingProperties
      const queue = options.queues.find(properties.EventSourceArn)
      if (!queue) throw new StartUpError(`${nameOf(mapping)}: there is no queue ${properties.EventSourceArn}`)
      if (properties.FilterCriteria) {
        throw new StartUpError(`${nameOf(mapping)}: the local run does not support FilterCriteria of queues`)
      }
      return { properties, queue, functionArn: functionOf(mapping, assembly.ofType('AWS::Lambda::Function')).arn }
    })

  const mayPoll = (functionArn: string, queue: Queue): boolean => {
    const principal = options.principalOf(functionArn)
    const refused = pollingActions.filter(
      (action) => !authorization.isAllowed(principal, { action, resource: queue.arn }),
    )
    // AWS does not even create such a mapping.
    if (refused.length > 0) log(`${principal.name} gets nothing from ${queue.arn}: it lacks ${refused.join(', ')}`)
    return refused.length === 0
  }

  let stops: readonly (() => void)[] = []
  return {
    start() {
      stops = mappings
        .filter(({ functionArn, queue }) => mayPoll(functionArn, queue))
        .map(({ functionArn, queue, properties }) =>
          poll(
            queue,
            properties,
            deliveryTo(functionArn, { queue, properties, region: assembly.region, invoke: options.invoke, log }),
            after,
          ),
        )
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
}

const functionOf = (mapping: LocalResource, functions: readonly LocalResource[]): LocalResource => {
  const named = (mapping.properties as unknown as MappingProperties).FunctionName
  const found = functions.find(({ id, arn }) => id === named || arn === named)
  if (!found) throw new StartUpError(`${nameOf(mapping)}: there is no function ${named}`)
  return found
}

type Deliver = (batch: readonly QueueMessage[]) => Promise<void>

type After = (milliseconds: number, act: () => void) => void

const inRealTime: After = (milliseconds, act) => void setTimeout(act, milliseconds).unref()

/**
 * Runs as many batches concurrently as the mapping allows. With a batching window, received messages are held until the
 * batch is full or the window of the first of them is over
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html).
 */
const poll = (
  queue: Queue,
  { ScalingConfig, BatchSize = 10, MaximumBatchingWindowInSeconds: window = 0 }: MappingProperties,
  deliver: Deliver,
  after: After,
): (() => void) => {
  const maximum = Number(ScalingConfig?.MaximumConcurrency ?? usualConcurrency)
  const size = Number(BatchSize)
  const maxWait = Number(window) * 1_000
  const nothingYet = () => ({ messages: [] as QueueMessage[], isDue: maxWait === 0, isWaitedFor: false })
  let running = 0
  let stopped = false
  let batch = nothingYet()

  const pump = () => {
    while (!stopped && running < maximum) {
      batch.messages.push(...queue.take(size - batch.messages.length))
      if (batch.messages.length === 0) return
      if (batch.messages.length < size && !batch.isDue) return waitForMore(batch)
      running += 1
      void deliver(batch.messages).finally(() => {
        running -= 1
        pump()
      })
      batch = nothingYet()
    }
  }
  const waitForMore = (waiting: typeof batch) => {
    if (waiting.isWaitedFor) return
    waiting.isWaitedFor = true
    after(maxWait, () => {
      waiting.isDue = true
      pump()
    })
  }
  const cancel = queue.onVisible(pump)
  pump()
  return () => {
    stopped = true
    cancel()
  }
}

const deliveryTo =
  (
    functionArn: string,
    context: {
      readonly queue: Queue
      readonly properties: MappingProperties
      readonly region: string
      readonly invoke: Invoke
      readonly log: (line: string) => void
    },
  ): Deliver =>
  async (batch) => {
    const { queue, properties, log } = context
    const outcome = await context.invoke(functionArn, {
      Records: batch.map((message) => recordOf(message, queue.arn, context.region)),
    })
    const partial = properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false
    const failed = failedIn(batch, outcome, partial)
    if (failed.size > 0) log(`${functionArn.split(':').at(-1)}: ${failed.size} of ${batch.length} messages failed`)
    for (const { id } of batch) {
      if (failed.has(id)) queue.release(id)
      else queue.remove(id)
    }
  }

/** A message in the format of Lambda's SQS event. */
const recordOf = (message: QueueMessage, queueArn: string, region: string) => ({
  messageId: message.id,
  receiptHandle: receiptHandleOf(message),
  body: message.body,
  attributes: systemAttributes(message),
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, { StringValue, BinaryValue, DataType }]) => [
      name,
      {
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  ),
  md5OfBody: md5Of(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
})

/**
 * The failed messages of a batch. A report with an unknown message id, or no report where one is expected,
 * fails the whole batch (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export const failedIn = (
  batch: readonly QueueMessage[],
  outcome: InvocationOutcome,
  partial: boolean,
): ReadonlySet<string> => {
  const all = new Set(batch.map(({ id }) => id))
  if (!outcome.ok) return all
  if (!partial || outcome.payload === null || outcome.payload === undefined) return new Set()
  if (typeof outcome.payload !== 'object') return all
  const { batchItemFailures } = outcome.payload as { batchItemFailures?: unknown }
  if (batchItemFailures === null || batchItemFailures === undefined) return new Set()
  if (!Array.isArray(batchItemFailures)) return all
  const reported = batchItemFailures.map((failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier)
  return reported.every((id) => typeof id === 'string' && all.has(id)) ? new Set(reported as string[]) : all
}
