import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import type { DeadLetterCounts, DeadLetterMoves } from '../../ports/dead-letters.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'

/** Queues by the names that the stack gives them: `<prefix>-<name>` and `<prefix>-<name>-dead-letters`. */
const queueCalls = (prefix: string, client: SQSClient) => {
  const urlOf = async (queue: string) =>
    (await client.send(new GetQueueUrlCommand({ QueueName: `${prefix}-${queue}` }))).QueueUrl
  return {
    attribute: async (queue: string, name: 'QueueArn' | 'ApproximateNumberOfMessages') => {
      const command = new GetQueueAttributesCommand({ QueueUrl: await urlOf(queue), AttributeNames: [name] })
      return (await client.send(command)).Attributes?.[name] ?? ''
    },
  }
}

export const sqsDeadLetterCounts = (prefix: string, client = new SQSClient(clientTimeouts())): DeadLetterCounts => ({
  count: async (name) =>
    Number(await queueCalls(prefix, client).attribute(`${name}-dead-letters`, 'ApproximateNumberOfMessages')),
})

/** By SQS itself, which moves any number (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html). */
export const sqsDeadLetterMoves = (prefix: string, client = new SQSClient(clientTimeouts())): DeadLetterMoves => ({
  async begin(name) {
    const { attribute } = queueCalls(prefix, client)
    const [SourceArn, DestinationArn] = await Promise.all([
      attribute(`${name}-dead-letters`, 'QueueArn'),
      attribute(name, 'QueueArn'),
    ])
    try {
      await client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }))
    } catch (error) {
      // One task at a time: the one that is under way takes all messages.
      const isUnderWay = /already|in progress|running/i.test((error as Error).message)
      if (!isUnderWay) throw error
    }
  },
})
