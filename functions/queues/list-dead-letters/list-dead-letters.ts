import { type DeadLetterQueueName, deadLetterQueues, notRedrivable } from '../../../shared/contracts/dead-letters.ts'
import type { DeadLetterCounts } from '../../../shared/ports/dead-letters.ts'

export interface ListedDeadLetters {
  readonly queue: DeadLetterQueueName
  readonly messages: number
  /** Describes one message. */
  readonly holds: string
  readonly redrivable: boolean
}

export type ListDeadLetters = () => Promise<readonly ListedDeadLetters[]>

/** Every dead-letter queue, including empty ones. */
export const listDeadLetters =
  ({ counts }: { readonly counts: DeadLetterCounts }): ListDeadLetters =>
  () =>
    Promise.all(
      (Object.keys(deadLetterQueues) as DeadLetterQueueName[]).map(async (queue) => ({
        queue,
        messages: await counts.count(queue),
        holds: deadLetterQueues[queue],
        redrivable: !notRedrivable.includes(queue),
      })),
    )
