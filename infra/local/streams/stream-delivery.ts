import { setTimeout as sleep } from 'node:timers/promises'
import type { InvocationOutcome } from '../types.ts'
import type { LambdaStreamRecord } from './stream-records.ts'

/** A record to be delivered, with the local instant (epoch milliseconds) at which it was read. */
export interface Pending {
  readonly record: LambdaStreamRecord
  readonly readAt: number
  readonly shardId: string
}

/** Why records are discarded, in Lambda's terms. */
export type DiscardCondition = 'RecordAgeExceeded' | 'RetryAttemptsExhausted'

export interface DeliveryOptions {
  readonly invoke: (records: readonly LambdaStreamRecord[]) => Promise<InvocationOutcome>
  /** Whether the function reports partial batch failures. */
  readonly reportsFailures: boolean
  /** Whether a failed batch is split in two and retried. */
  readonly bisects: boolean
  /** Maximum number of retries; unlimited if negative. */
  readonly maximumRetries: number
  /** Whether a record is too old to be retried. */
  readonly isTooOld: (pending: Pending) => boolean
  /** Receives a discarded batch. */
  readonly discard: (batch: readonly Pending[], attempts: number, condition: DiscardCondition) => void
  /** Backoff in real milliseconds before the first retry; doubles up to a hundredfold. */
  readonly retryMilliseconds?: number
  readonly signal: AbortSignal
}

/** Invokes the function with a batch and retries until each record is processed or discarded. Rejects when aborted. */
export const deliver = async (batch: readonly Pending[], options: DeliveryOptions, retries = 0): Promise<void> => {
  const { bisects, maximumRetries, isTooOld, discard, signal, retryMilliseconds = 100 } = options
  const outcome = await options.invoke(batch.map(({ record }) => record))
  signal.throwIfAborted()
  const left = batch.slice(firstFailed(batch, outcome, options.reportsFailures))
  const [first] = left
  if (!first) return
  if (isTooOld(first)) {
    discard([first], retries + 1, 'RecordAgeExceeded')
    return next(left.slice(1), options)
  }
  if (left.length < batch.length) return next(left, options)
  if (bisects && left.length > 1) {
    const middle = Math.ceil(left.length / 2)
    // Each half has its own retry count.
    await deliver(left.slice(0, middle), options)
    return deliver(left.slice(middle), options)
  }
  if (maximumRetries >= 0 && retries >= maximumRetries) return discard(left, retries + 1, 'RetryAttemptsExhausted')
  await sleep(retryMilliseconds * Math.min(2 ** retries, 100), undefined, { signal })
  return deliver(left, options, retries + 1)
}

const next = (left: readonly Pending[], options: DeliveryOptions) =>
  left.length > 0 ? deliver(left, options) : Promise.resolve()

/** Lambda retries from the first failed record on. */
const firstFailed = (batch: readonly Pending[], outcome: InvocationOutcome, reportsFailures: boolean): number => {
  if (!outcome.ok) return 0
  const failures = (outcome.payload as { batchItemFailures?: unknown } | null)?.batchItemFailures
  if (!reportsFailures || !Array.isArray(failures) || failures.length === 0) return batch.length
  const failed = new Set(failures.map((failure) => (failure as { itemIdentifier?: unknown }).itemIdentifier))
  const places = batch.flatMap(({ record }, place) => (failed.has(record.dynamodb.SequenceNumber) ? [place] : []))
  // A report that names no record of the batch counts as a failure of the whole batch.
  return places[0] ?? 0
}
