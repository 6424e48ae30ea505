import {
  type DeadLetterQueueName,
  deadLetterQueues,
  isDeadLetterQueue,
  notRedrivable,
} from '../../../shared/contracts/dead-letters.ts'
import type { AuditTrail } from '../../../shared/ports/audit-trail.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { DeadLetterCounts, DeadLetterMoves } from '../../../shared/ports/dead-letters.ts'
import type { NewId } from '../../../shared/ports/ids.ts'

export interface RedrivePorts {
  readonly counts: DeadLetterCounts
  readonly moves: DeadLetterMoves
  readonly audit: AuditTrail
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export type RedriveOutcome =
  /** Redriving has started for these queues; empty if there were no messages. */
  | { readonly outcome: 'redriven'; readonly queues: readonly { queue: DeadLetterQueueName; messages: number }[] }
  | { readonly outcome: 'no-such-queue' }

export type RedriveDeadLetters = ReturnType<typeof redriveDeadLetters>

/**
 * Redrives the dead letters of one queue, or of all, to their source queues. Consumers are idempotent. Each redrive is
 * written to the audit trail first.
 */
export const redriveDeadLetters =
  ({ counts, moves, audit, clock, newId }: RedrivePorts) =>
  async ({ queue, by }: { queue: string | undefined; by: string }): Promise<RedriveOutcome> => {
    const all = (Object.keys(deadLetterQueues) as DeadLetterQueueName[]).filter((name) => !notRedrivable.includes(name))
    if (queue !== undefined && !(isDeadLetterQueue(queue) && all.includes(queue))) return { outcome: 'no-such-queue' }
    const queues = []
    for (const name of queue === undefined ? all : [queue as DeadLetterQueueName]) {
      const messages = await counts.count(name)
      if (messages === 0) continue
      const line = { at: clock.now(), id: newId(), by, action: 'dead-letters-redriven', details: { messages } }
      await audit.write({ subject: `queue/${name}`, ...line })
      await moves.begin(name)
      queues.push({ queue: name, messages })
    }
    return { outcome: 'redriven', queues }
  }
