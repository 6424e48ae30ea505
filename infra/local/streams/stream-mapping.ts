import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import type { Matches } from '../aws/events/event-pattern.ts'
import { streamCheckpoint } from './stream-checkpoint.ts'
import { type DeliveryOptions, deliver, type Pending } from './stream-delivery.ts'
import { failureMessage } from './stream-failure.ts'
import { readStream } from './stream-reader.ts'
import { isExpiry, lambdaRecord } from './stream-records.ts'
import type { StreamsOptions } from './streams.ts'

/** The stream mapping of a function. */
export interface StreamMapping {
  readonly id: string
  readonly properties: StreamMappingProperties
  readonly tableName: string
  readonly functionArn: string
  /** The mapping's filter. */
  readonly matches: Matches
}

export interface StreamMappingProperties {
  readonly EventSourceArn: string
  readonly FunctionName: string
  readonly BatchSize?: number
  readonly BisectBatchOnFunctionError?: boolean
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination: string } }
  readonly Enabled?: boolean
  readonly FilterCriteria?: { readonly Filters: readonly { readonly Pattern: string }[] }
  readonly FunctionResponseTypes?: readonly string[]
  /** Unlimited if -1 or absent. */
  readonly MaximumRecordAgeInSeconds?: number
  /** Unlimited if -1 or absent. */
  readonly MaximumRetryAttempts?: number
  readonly ParallelizationFactor?: number
}

export interface StreamContext extends StreamsOptions {
  readonly engine: DynamoDBClient
  readonly streams: DynamoDBStreamsClient
  readonly signal: AbortSignal
}

/** Maximum number of records read ahead of the oldest unfinished one. */
const maxUnfinished = 1_000

/** Runs one mapping until aborted; after an error of DynamoDB, which is logged, it resumes at its position. */
export const runStreamMapping = async (mapping: StreamMapping, context: StreamContext): Promise<void> => {
  const { engine, streams, clock, assembly, dataDir, signal, log } = context
  const { properties, tableName, matches } = mapping
  const checkpoint = streamCheckpoint(dataDir && join(dataDir, 'streams', `${mapping.id}.json`))
  const brokeOff = (error: unknown) => {
    if (!signal.aborted) log(`The stream of ${tableName} broke off: ${(error as Error).stack}`)
  }
  const lanes = Array.from({ length: properties.ParallelizationFactor ?? 1 }, () =>
    lane(properties.BatchSize ?? 100, (batch) => deliver(batch, deliveryOptions(mapping, context)), brokeOff),
  )
  let last = checkpoint.start
  const readOn = async () => {
    const { Table } = await engine.send(new DescribeTableCommand({ TableName: tableName }))
    for await (const { record: change, position } of readStream(streams, Table?.LatestStreamArn ?? '', last, signal)) {
      last = position
      const done = checkpoint.begin(position)
      const readAt = clock.now()
      const record = lambdaRecord(change, {
        streamArn: properties.EventSourceArn,
        region: assembly.region,
        now: readAt,
      })
      if (isExpiry(change) || !matches(record)) done()
      else lanes[laneOf(record.dynamodb.Keys, lanes.length)]?.({ record, readAt, shardId: position.shardId, done })
      while (checkpoint.unfinished() >= maxUnfinished) await sleep(100, undefined, { signal })
    }
  }
  while (!signal.aborted) {
    await readOn().catch(brokeOff)
    await sleep(1_000, undefined, { signal }).catch(() => {})
  }
}

/** Keeps the changes of one item in order, independent of other items. */
const laneOf = (keys: unknown, lanes: number): number =>
  createHash('sha256').update(JSON.stringify(keys)).digest().readUInt32BE() % lanes

/** Processes pushed records batch by batch. */
const lane = (size: number, work: (batch: readonly Pending[]) => Promise<void>, failed: (error: unknown) => void) => {
  const waiting: (Pending & { readonly done: () => void })[] = []
  let working = false
  const run = async () => {
    working = true
    // Deferred, so that records read together are delivered together.
    await nextTurn()
    while (waiting.length > 0) {
      const batch = waiting.splice(0, size)
      await work(batch)
      for (const { done } of batch) done()
    }
    working = false
  }
  return (item: Pending & { readonly done: () => void }) => {
    waiting.push(item)
    if (!working) run().catch(failed)
  }
}

const deliveryOptions = ({ properties, functionArn }: StreamMapping, context: StreamContext): DeliveryOptions => {
  const { clock, principalOf, isAllowed, sendMessage, invoke, signal, log } = context
  const { MaximumRecordAgeInSeconds = -1, MaximumRetryAttempts = -1, DestinationConfig } = properties
  const destination = DestinationConfig?.OnFailure?.Destination
  return {
    signal,
    invoke: (Records) => invoke(functionArn, { Records }),
    reportsFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    bisects: properties.BisectBatchOnFunctionError ?? false,
    maximumRetries: MaximumRetryAttempts,
    isTooOld: ({ readAt }) =>
      MaximumRecordAgeInSeconds >= 0 && clock.now() - readAt > MaximumRecordAgeInSeconds * 1_000,
    discard(batch, attempts, condition) {
      log(
        `${functionArn.split(':').at(-1)}: ${batch.length} records given up after ${attempts} attempts (${condition})`,
      )
      const principal = principalOf(functionArn)
      if (!destination || !principal || !isAllowed(principal, 'sqs:SendMessage', destination)) return
      const streamArn = properties.EventSourceArn
      sendMessage(destination, failureMessage(batch, { functionArn, streamArn, attempts, condition, now: clock.now() }))
    },
  }
}
