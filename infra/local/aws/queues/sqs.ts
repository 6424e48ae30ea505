import { createHash } from 'node:crypto'
import type {
  ChangeMessageVisibilityRequest,
  DeleteMessageBatchRequest,
  DeleteMessageRequest,
  GetQueueAttributesRequest,
  GetQueueUrlRequest,
  ReceiveMessageRequest,
  SendMessageBatchRequest,
  SendMessageBatchRequestEntry,
  SendMessageRequest,
  StartMessageMoveTaskRequest,
} from '@aws-sdk/client-sqs'
import type { LocalPrincipal } from '../../types.ts'
import type { ArnResolver } from '../arn-resolver.ts'
import { AwsFault } from '../aws-fault.ts'
import type { Operations } from '../service.ts'
import type { Queue, QueueMessage } from './queue.ts'
import type { Queues } from './queues.ts'

/** Maximum size of a message and of a batch, in bytes. */
const maxMessageSize = 1_048_576
const maxWaitSeconds = 20

/** The SQS API. */
export const sqsOperations = (queues: Queues, names: ArnResolver): Operations => {
  const find = (url = ''): Queue => {
    const queue = queues.find(url) ?? queues.find(names.queue(url))
    if (!queue) throw new AwsFault('QueueDoesNotExist', `The specified queue does not exist: ${url}`)
    return queue
  }

  return {
    GetQueueUrl: ({ QueueName }: GetQueueUrlRequest) => ({ QueueUrl: find(QueueName).url }),

    SendMessage({ QueueUrl, ...entry }: SendMessageRequest, caller) {
      return sent(sendTo(find(QueueUrl), entry, caller))
    },

    SendMessageBatch({ QueueUrl, Entries = [] }: SendMessageBatchRequest, caller) {
      const queue = find(QueueUrl)
      checkBatch(Entries)
      if (Entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0) > maxMessageSize) {
        throw new AwsFault('BatchRequestTooLong', `A batch may have ${maxMessageSize} bytes.`)
      }
      return {
        Successful: Entries.map((entry) => ({ Id: entry.Id, ...sent(sendTo(queue, entry, caller)) })),
        Failed: [],
      }
    },

    async ReceiveMessage({
      QueueUrl,
      MaxNumberOfMessages = 1,
      VisibilityTimeout,
      WaitTimeSeconds,
      ...wanted
    }: ReceiveMessageRequest) {
      const queue = find(QueueUrl)
      const messages = await takeOrWait(queue, MaxNumberOfMessages, WaitTimeSeconds ?? 0)
      for (const { id } of messages) {
        if (VisibilityTimeout !== undefined) queue.changeVisibility(id, VisibilityTimeout)
        queue.release(id)
      }
      return { Messages: messages.map((message) => received(message, wanted)) }
    },

    DeleteMessage({ QueueUrl, ReceiptHandle }: DeleteMessageRequest) {
      find(QueueUrl).remove(messageIdOf(ReceiptHandle))
    },

    DeleteMessageBatch({ QueueUrl, Entries = [] }: DeleteMessageBatchRequest) {
      const queue = find(QueueUrl)
      checkBatch(Entries)
      for (const { ReceiptHandle } of Entries) queue.remove(messageIdOf(ReceiptHandle))
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }
    },

    /** Completes immediately, whereas SQS moves messages in the background. */
    StartMessageMoveTask({ SourceArn, DestinationArn }: StartMessageMoveTaskRequest, caller) {
      const [source, destination] = [find(SourceArn), find(DestinationArn)]
      for (let messages = source.take(10); messages.length > 0; messages = source.take(10)) {
        for (const { id, body, attributes } of messages) {
          destination.send({ body, attributes, senderId: caller.name })
          source.remove(id)
        }
      }
      return { TaskHandle: Buffer.from(source.arn).toString('base64url') }
    },

    ChangeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout = 0 }: ChangeMessageVisibilityRequest) {
      find(QueueUrl).changeVisibility(messageIdOf(ReceiptHandle), VisibilityTimeout)
    },

    GetQueueAttributes({ QueueUrl, AttributeNames = [] }: GetQueueAttributesRequest) {
      const queue = find(QueueUrl)
      const { visible, notVisible, delayed } = queue.counts()
      const attributes: Record<string, string> = {
        QueueArn: queue.arn,
        VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(notVisible),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      }
      return { Attributes: pick(attributes, AttributeNames) }
    },
  }
}

/** The system attributes of a message, named as in SQS and Lambda. */
export const systemAttributes = (message: QueueMessage): Record<string, string> => ({
  ApproximateReceiveCount: String(message.receives),
  SentTimestamp: String(message.sentAt),
  SenderId: message.senderId,
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
  ...(message.deadLetterSource && { DeadLetterQueueSourceArn: message.deadLetterSource }),
})

export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex')

/** Identifies one receipt of a message; opaque to receivers. */
export const receiptHandleOf = ({ id, receives }: QueueMessage): string =>
  Buffer.from(`${id} ${receives}`).toString('base64url')

const messageIdOf = (receiptHandle = ''): string => {
  const [id = '', receives] = Buffer.from(receiptHandle, 'base64url').toString().split(' ')
  if (receives === undefined) {
    throw new AwsFault('ReceiptHandleIsInvalid', `The input receipt handle "${receiptHandle}" is not valid.`)
  }
  return id
}

type Entry = Pick<SendMessageBatchRequestEntry, 'MessageBody' | 'DelaySeconds' | 'MessageAttributes'>

const sendTo = (queue: Queue, { MessageBody = '', DelaySeconds, MessageAttributes }: Entry, caller: LocalPrincipal) => {
  const bytes = Buffer.byteLength(MessageBody)
  if (bytes === 0 || bytes > maxMessageSize) {
    throw new AwsFault(
      'InvalidParameterValue',
      `A message's body has 1 to ${maxMessageSize} bytes; this one has ${bytes}.`,
    )
  }
  return queue.send({
    body: MessageBody,
    senderId: caller.name,
    ...(MessageAttributes && { attributes: MessageAttributes }),
    ...(DelaySeconds !== undefined && { delaySeconds: DelaySeconds }),
  })
}

const sent = ({ id, body }: QueueMessage) => ({ MessageId: id, MD5OfMessageBody: md5Of(body) })

const checkBatch = (entries: readonly { readonly Id?: string | undefined }[]): void => {
  if (entries.length === 0) throw new AwsFault('EmptyBatchRequest', 'A batch has at least one entry.')
  if (entries.length > 10) throw new AwsFault('TooManyEntriesInBatchRequest', 'A batch has at most 10 entries.')
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsFault('BatchEntryIdsNotDistinct', 'Ids in a batch must differ.')
  }
}

const takeOrWait = async (queue: Queue, maximum: number, seconds: number): Promise<readonly QueueMessage[]> => {
  const end = performance.now() + Math.min(seconds, maxWaitSeconds) * 1_000
  for (;;) {
    const messages = queue.take(Math.min(maximum, 10))
    const left = end - performance.now()
    if (messages.length > 0 || left <= 0) return messages
    await visibleWithin(queue, left)
  }
}

const visibleWithin = (queue: Queue, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      cancel()
      resolve()
    }
    const timer = setTimeout(finish, milliseconds).unref()
    const cancel = queue.onVisible(finish)
  })

const received = (
  message: QueueMessage,
  wanted: Pick<ReceiveMessageRequest, 'AttributeNames' | 'MessageSystemAttributeNames' | 'MessageAttributeNames'>,
) => ({
  MessageId: message.id,
  ReceiptHandle: receiptHandleOf(message),
  Body: message.body,
  MD5OfBody: md5Of(message.body),
  Attributes: pick(systemAttributes(message), [
    ...(wanted.AttributeNames ?? []),
    ...(wanted.MessageSystemAttributeNames ?? []),
  ]),
  MessageAttributes: pick(message.attributes, wanted.MessageAttributeNames ?? []),
})

const pick = <Value>(values: Readonly<Record<string, Value>>, wanted: readonly string[]): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => wanted.includes('All') || wanted.includes(name)))
