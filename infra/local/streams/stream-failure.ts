import { randomUUID } from 'node:crypto'
import type { DiscardCondition, Pending } from './stream-delivery.ts'

/** Lambda's record of a discarded batch: its position in the stream, without its content. */
export const failureMessage = (
  batch: readonly Pending[],
  failure: {
    readonly functionArn: string
    readonly streamArn: string
    readonly attempts: number
    readonly condition: DiscardCondition
    /** Epoch milliseconds. */
    readonly now: number
  },
): string => {
  const [first] = batch
  const last = batch.at(-1)
  return JSON.stringify({
    requestContext: {
      requestId: randomUUID(),
      functionArn: failure.functionArn,
      condition: failure.condition,
      approximateInvokeCount: failure.attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: iso(failure.now),
    DDBStreamBatchInfo: {
      shardId: first?.shardId,
      startSequenceNumber: first?.record.dynamodb.SequenceNumber,
      endSequenceNumber: last?.record.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: iso(first?.readAt ?? failure.now),
      approximateArrivalOfLastRecord: iso(last?.readAt ?? failure.now),
      batchSize: batch.length,
      streamArn: failure.streamArn,
    },
  })
}

const iso = (instant: number) => new Date(instant).toISOString()
