import {
  type BatchStatementError,
  BatchStatementErrorCodeEnum as Code,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb'
import { BatchExecuteStatementCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Pause } from '../../ports/pause.ts'
import { jitteredPause } from '../node/pause.ts'
import { adaptiveConcurrency } from './adaptive-concurrency.ts'

type Item = Readonly<Record<string, unknown>>

/** DynamoDB's limit of statements in one call. */
const maxStatements = 25
/** In milliseconds, with jitter; less in all than a minute, after which the import's lease expires. */
const backoff = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000]

/**
 * Inserts items, each on the condition that its key is free, and answers those whose key was taken. PartiQL's INSERT
 * never overwrites, unlike BatchWriteItem, and takes 25 items per call at the price of single puts; TransactWriteItems
 * costs twice as much. Concurrency adapts to what the table takes, and throttled items are retried.
 */
export const insertAll = (
  client: DynamoDBDocumentClient,
  TableName: string,
  {
    pause = jitteredPause,
    concurrency = adaptiveConcurrency(),
  }: { readonly pause?: Pause; readonly concurrency?: ReturnType<typeof adaptiveConcurrency> } = {},
) => {
  const statementOf = statements(TableName)

  const insert = async <Given extends Item>(items: readonly Given[]): Promise<Given[]> => {
    const taken: Given[] = []
    let left = items
    for (const milliseconds of [...backoff, undefined]) {
      const errors = await concurrency.run(() => send(left))
      taken.push(...left.filter((_, index) => errors[index]?.Code === Code.DuplicateItem))
      left = left.filter((_, index) => errors[index] && errors[index].Code !== Code.DuplicateItem)
      const fatal = errors.find((error) => error?.Code && error.Code !== Code.DuplicateItem && !isTransient(error))
      if (fatal) throw new Error(`DynamoDB did not take an item: ${fatal.Code}`)
      if (left.length === 0) return taken
      if (milliseconds !== undefined) await pause(milliseconds)
    }
    throw new Error(`DynamoDB did not take ${left.length} items in time`)
  }

  /** By the statements' order: what was wrong with each, undefined where nothing was. */
  const send = async (items: readonly Item[]) => {
    try {
      const { Responses = [] } = await client.send(
        new BatchExecuteStatementCommand({
          Statements: items.map((item) => ({ Statement: statementOf(item), Parameters: Object.values(item) })),
        }),
      )
      const errors = items.map((_, index) => Responses[index]?.Error)
      return { errors, isThrottled: errors.some((error) => error && isThrottle(error)) }
    } catch (error) {
      if (!isThrottledCall(error)) throw error
      return { errors: items.map(() => ({ Code: Code.ThrottlingError })), isThrottled: true }
    }
  }

  return async <Given extends Item>(items: readonly Given[]): Promise<Given[]> => {
    const batches = Array.from({ length: Math.ceil(items.length / maxStatements) }, (_, index) =>
      items.slice(index * maxStatements, (index + 1) * maxStatements),
    )
    return (await Promise.all(batches.map(insert))).flat()
  }
}

const isThrottle = ({ Code: code }: BatchStatementError) =>
  code === Code.ThrottlingError || code === Code.ProvisionedThroughputExceeded || code === Code.RequestLimitExceeded

/** Worth a retry; an insert that succeeded nevertheless is then reported as taken. */
const isTransient = (error: BatchStatementError) =>
  isThrottle(error) || error.Code === Code.InternalServerError || error.Code === Code.TransactionConflict

const isThrottledCall = (error: unknown) =>
  error instanceof ThrottlingException ||
  error instanceof ProvisionedThroughputExceededException ||
  error instanceof RequestLimitExceeded

/** One text for all items with the same attributes. */
const statements = (TableName: string) => {
  const known = new Map<string, string>()
  return (item: Item): string => {
    const names = Object.keys(item)
    const key = names.join()
    const statement =
      known.get(key) ?? `INSERT INTO "${TableName}" VALUE {${names.map((name) => `'${name}': ?`).join(', ')}}`
    known.set(key, statement)
    return statement
  }
}
