import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import type { Pause } from '../../ports/pause.ts'
import { jitteredPause } from '../node/pause.ts'

export type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>
export type UpdateItem = NonNullable<TransactItems[number]['Update']>

/** Backoff in milliseconds, with jitter: concurrent transactions on one item cancel each other, and retries resolve it. */
export const conflictBackoff = [20, 50, 100, 200, 400]

/**
 * Writes all or nothing; `refused` if a condition failed. The SDK gives every call a token of its own, so that its
 * retries write once.
 */
export const transact = async (
  client: DynamoDBDocumentClient,
  TransactItems: TransactItems,
  pause: Pause = jitteredPause,
): Promise<'written' | 'refused'> => {
  for (const milliseconds of [...conflictBackoff, undefined]) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems }))
      return 'written'
    } catch (error) {
      const codes = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : []
      if (codes.some(({ Code }) => Code === 'ConditionalCheckFailed')) return 'refused'
      if (milliseconds === undefined || !codes.some(({ Code }) => Code === 'TransactionConflict')) throw error
      await pause(milliseconds)
    }
  }
  throw new Error('unreachable')
}

/** Retries a single write while transactions on its item conflict with it. */
export const retryOnConflict = async <Written>(
  write: () => Promise<Written>,
  pause: Pause = jitteredPause,
): Promise<Written> => {
  for (const milliseconds of conflictBackoff) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof TransactionConflictException)) throw error
      await pause(milliseconds)
    }
  }
  return write()
}
