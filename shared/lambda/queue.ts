import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import middy from 'middy'
import type * as z from 'zod/mini'
import { oneAtATime } from '../domain/one-at-a-time.ts'
import { describeFault } from './faults.ts'
import { createLog, type Log } from './logger.ts'

export interface QueueOptions<Message> {
  /** Off where messages must be taken one after the other, as for a paced sender. */
  readonly inParallel?: boolean
  /** Messages of one batch that answer the same here are taken one after the other, the rest in parallel. */
  readonly inTurnsBy?: (message: Message) => string
  readonly log?: Log
}

/** What Lambda tells of the time of an invocation. */
export interface Invocation {
  remainingMilliseconds(): number
}

export type QueueFunction = (
  event: SQSEvent,
  context?: { getRemainingTimeInMillis?: () => number },
) => Promise<SQSBatchResponse>

/**
 * Makes the Lambda handler of one queue. A message that the schema refuses, or whose handling throws, is reported as
 * failed by itself, so that the queue repeats it and in the end moves it to the dead letters; the rest are done.
 */
export const queueHandler = <Message extends z.ZodMiniType>(
  schema: Message,
  handle: (message: z.infer<Message>, invocation: Invocation) => Promise<void>,
  { inParallel = true, inTurnsBy, log = createLog() }: QueueOptions<z.infer<Message>> = {},
): QueueFunction => {
  const processor = new BatchProcessor(EventType.SQS)
  const handleBatch: QueueFunction = (event, context) => {
    const invocation = {
      remainingMilliseconds: () => context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY,
    }
    const inTurn = oneAtATime()
    const handleRecord = async ({ body, messageId }: SQSRecord) => {
      try {
        const message = schema.parse(JSON.parse(body))
        const act = () => handle(message, invocation)
        await (inTurnsBy ? inTurn(inTurnsBy(message), act) : act())
      } catch (error) {
        log.error('message failed', { messageId, ...describeFault(error) })
        throw error
      }
    }
    return processPartialResponse(event, handleRecord, processor, {
      processInParallel: inParallel,
      throwOnFullBatchFailure: false,
    })
  }
  return middy(handleBatch) as unknown as QueueFunction
}
