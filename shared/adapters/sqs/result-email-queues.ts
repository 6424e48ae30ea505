import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Pause } from '../../ports/pause.ts'
import type { ResultEmailQueues } from '../../ports/result-email-plans.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'
import { jitteredPause } from '../node/pause.ts'

/** Messages that SQS takes in one call. */
const maxMessages = 10
/** Between tries with what was not taken, in milliseconds. */
const backoff = [100, 400, 1_000]

interface Sending {
  readonly client?: SQSClient
  readonly pause?: Pause
}

/** Where the lanes of a plan wait, by its URL. */
export const sqsLaneQueue = (url: string, sending?: Sending): Pick<ResultEmailQueues, 'planLanes'> => ({
  planLanes: sendAll(url, sending),
})

/** Where waves of mails wait, by its URL. */
export const sqsWaveQueue = (url: string, sending?: Sending): Pick<ResultEmailQueues, 'sendWaves'> => ({
  sendWaves: sendAll(url, sending),
})

const sendAll = (
  QueueUrl: string,
  { client = new SQSClient(clientTimeouts()), pause = jitteredPause }: Sending = {},
) => {
  const sendOnce = async (messages: readonly object[], DelaySeconds: number): Promise<readonly object[]> => {
    const { Successful = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: messages.map((message, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(message),
          ...(DelaySeconds > 0 && { DelaySeconds }),
        })),
      }),
    )
    const sent = new Set(Successful.map(({ Id }) => Id))
    return messages.filter((_, index) => !sent.has(String(index)))
  }

  return async (messages: readonly object[], delaySeconds = 0): Promise<void> => {
    for (let from = 0; from < messages.length; from += maxMessages) {
      let left = await sendOnce(messages.slice(from, from + maxMessages), delaySeconds)
      for (const milliseconds of backoff) {
        if (left.length === 0) break
        await pause(milliseconds)
        left = await sendOnce(left, delaySeconds)
      }
      if (left.length > 0) throw new Error(`SQS did not take ${left.length} messages`)
    }
  }
}
