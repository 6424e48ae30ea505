import type { SQSRecord } from 'aws-lambda'
import middy from 'middy'
import type * as z from 'zod/mini'
import { describeFault } from './faults.ts'
import { createLog, type Log } from './logger.ts'
import type { QueueFunction } from './queue.ts'

/**
 * As `queueHandler`, for messages that are better handled together: `handle` gets all that the schema takes and answers
 * the places of those that have to come again. If it throws, all of them do.
 */
export const wholeBatchHandler = <Message extends z.ZodMiniType>(
  schema: Message,
  handle: (messages: readonly z.infer<Message>[]) => Promise<readonly number[]>,
  log: Log = createLog(),
): QueueFunction => {
  const parse = (record: SQSRecord) => {
    try {
      return { record, message: schema.parse(JSON.parse(record.body)) }
    } catch (error) {
      log.error('message failed', { messageId: record.messageId, ...describeFault(error) })
      return { record, message: undefined }
    }
  }
  const handleBatch: QueueFunction = async ({ Records }) => {
    const parsed = Records.map(parse)
    const readable = parsed.flatMap(({ record, message }) => (message === undefined ? [] : [{ record, message }]))
    const failed = new Set(parsed.filter(({ message }) => message === undefined).map(({ record }) => record.messageId))
    try {
      for (const place of await handle(readable.map(({ message }) => message)))
        failed.add(readable[place]?.record.messageId ?? '')
    } catch (error) {
      log.error('messages failed', { count: readable.length, ...describeFault(error) })
      for (const { record } of readable) failed.add(record.messageId)
    }
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) }
  }
  return middy(handleBatch) as unknown as QueueFunction
}
