import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import middy from 'middy'
import type * as z from 'zod/mini'
import { describeFault } from './faults.ts'
import { createLog, type Log } from './logger.ts'

export interface QueueOptions {
  /** Off where messages must be taken one after the other, as for a paced sender. */
  readonly inParallel?: boolean
  readonly log?: Log
}

export type QueueFunction = (event: SQSEvent, context?: unknown) => Promise<SQSBatchResponse>

/**
 * Makes the Lambda handler of one queue. A message that the schema refuses, or whose handling throws, is reported as
 * failed by itself, so that the queue repeats it and in the end moves it to the dead letters; the rest are done.
 */
export const queueHandler = <Message extends z.ZodMiniType>(
  schema: Message,
  handle: (message: z.infer<Message>) => Promise<void>,
  { inParallel = true, log = createLog() }: QueueOptions = {},
): QueueFunction => {
  const processor = new BatchProcessor(EventType.SQS)
  const handleRecord = async ({ body, messageId }: SQSRecord) => {
    try {
      await handle(schema.parse(JSON.parse(body)))
    } catch (error) {
      log.error('message failed', { messageId, ...describeFault(error) })
      throw error
    }
  }
  const handleBatch = (event: SQSEvent) =>
    processPartialResponse(event, handleRecord, processor, {
      processInParallel: inParallel,
      throwOnFullBatchFailure: false,
    })
  return middy(handleBatch) as unknown as QueueFunction
}
