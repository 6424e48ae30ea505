/** Number of messages in a dead-letter queue, by the queue's name without the stage. */
export interface DeadLetterCounts {
  count(name: string): Promise<number>
}

/** Redrives messages to their source queues. */
export interface DeadLetterMoves {
  /** Starts to redrive all messages, one after the other. Idempotent. */
  begin(name: string): Promise<void>
}
