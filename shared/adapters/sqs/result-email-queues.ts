import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Pause } from '../../ports/pause.ts'
import type { ResultEmailQueues } from '../../ports/result-email-plans.ts'
import { jitteredPause } from '../node/pause.ts'

/** Messages that SQS takes in one call. */
const mostMessages = 10
/** Between tries with what was not taken, in milliseconds. */
const pauses = [100, 400, 1_000]

/** The queues between the functions that tell candidates of a release, by their URLs. */
export const sqsResultEmailQueues = (
  urls: { readonly releasePlans: string; readonly resultEmails: string },
  { client = new SQSClient({}), pause = jitteredPause }: { client?: SQSClient; pause?: Pause } = {},
): ResultEmailQueues => {
  const sendOnce = async (QueueUrl: string, messages: readonly object[]): Promise<readonly object[]> => {
    const { Successful = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: messages.map((message, index) => ({ Id: String(index), MessageBody: JSON.stringify(message) })),
      }),
    )
    const sent = new Set(Successful.map(({ Id }) => Id))
    return messages.filter((_, index) => !sent.has(String(index)))
  }

  const sendAll = async (url: string, messages: readonly object[]) => {
    for (let from = 0; from < messages.length; from += mostMessages) {
      let left = await sendOnce(url, messages.slice(from, from + mostMessages))
      for (const milliseconds of pauses) {
        if (left.length === 0) break
        await pause(milliseconds)
        left = await sendOnce(url, left)
      }
      if (left.length > 0) throw new Error(`SQS did not take ${left.length} messages`)
    }
  }

  return {
    planShards: (messages) => sendAll(urls.releasePlans, messages),
    sendBatches: (messages) => sendAll(urls.resultEmails, messages),
  }
}
