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

/** Transactions on one item at the same time cancel each other; after a few tries one of them has won. */
export const conflictPauses = [20, 50, 100, 200, 400]

/**
 * Writes all or nothing; `refused` if a condition failed. The SDK gives every call a token of its own, so that its
 * retries write once.
 */
export const transact = async (
  client: DynamoDBDocumentClient,
  TransactItems: TransactItems,
  pause: Pause = jitteredPause,
): Promise<'written' | 'refused'> => {
  for (const milliseconds of [...conflictPauses, undefined]) {
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

/** Does a write of its own again while transactions on its item are under way. */
export const outlastingTransactions = async <Written>(
  write: () => Promise<Written>,
  pause: Pause = jitteredPause,
): Promise<Written> => {
  for (const milliseconds of conflictPauses) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof TransactionConflictException)) throw error
      await pause(milliseconds)
    }
  }
  return write()
}
