import type { AttributeValue, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import middy from 'middy'
import type * as z from 'zod/mini'
import { describeFault } from './faults.ts'
import { createLog, type Log } from './logger.ts'

export type StreamFunction = (event: DynamoDBStreamEvent, context?: unknown) => Promise<DynamoDBBatchResponse>

/**
 * Makes the Lambda handler of a table's stream. Inserted rows are handled together, in order; `handleAll` answers those
 * that failed. A row that the schema refuses fails by itself. Changes and removals (also by TTL) are passed over.
 * Lambda repeats a stream from the first failed row on, so handling must be idempotent.
 */
export const streamHandler = <Row extends z.ZodMiniType>(
  schema: Row,
  handleAll: (rows: readonly z.infer<Row>[]) => Promise<readonly z.infer<Row>[]>,
  { log = createLog() }: { readonly log?: Log } = {},
): StreamFunction => {
  const handleBatch = async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const inserted = event.Records.filter(({ eventName }) => eventName === 'INSERT')
    const parsed = inserted.map((record) => ({ record, row: schema.safeParse(textsOf(record)) }))
    const good = parsed.flatMap(({ record, row }) => (row.success ? [{ record, row: row.data as z.infer<Row> }] : []))
    const bad = parsed.flatMap(({ record, row }) => (row.success ? [] : [record]))
    const failedRows = new Set(good.length > 0 ? await handleAll(good.map(({ row }) => row)) : [])
    const failed = [...bad, ...good.filter(({ row }) => failedRows.has(row)).map(({ record }) => record)]
    for (const { eventID } of failed) log.error('record failed', { ...(eventID && { messageId: eventID }) })
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' })) }
  }
  return middy(handleBatch).onError(({ error }) => {
    // Rethrown by middy, as no response is set: Lambda repeats the whole batch.
    log.error('batch failed', describeFault(error))
  }) as unknown as StreamFunction
}

/** The new image's text attributes; rows that are read from a stream hold nothing else of interest. */
const textsOf = ({ dynamodb }: DynamoDBRecord): Record<string, string> =>
  Object.fromEntries(
    Object.entries<AttributeValue>(dynamodb?.NewImage ?? {}).flatMap(([name, { S }]) =>
      S === undefined ? [] : [[name, S]],
    ),
  )
