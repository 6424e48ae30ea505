import type { PlanShardMessage, SendBatchMessage } from '../contracts/messages.ts'
import type { EmailBatch } from '../domain/email-batch.ts'

/** How far the planning of one shard has come. */
export interface PlanProgress {
  /** The last ID that was looked at; empty at the start, and once it is done, as nobody's ID is kept without need. */
  readonly cursor: string
  /** Chunks written so far. */
  readonly chunks: number
  /** Mails planned so far. */
  readonly planned: number
  readonly isDone: boolean
}

/** The mails that a release is to bring, by scope (release and shard). */
export interface ResultEmailPlans {
  /** Strongly consistent; undefined before the first chunk. */
  progress(scope: string): Promise<PlanProgress | undefined>
  /**
   * Writes a chunk's batches and the progress they make, all or nothing; `moved` if the progress is not what `from`
   * says. So every candidate is planned exactly once, whoever plans, however often (G4).
   */
  record(
    scope: string,
    step: {
      readonly from: PlanProgress | undefined
      readonly to: PlanProgress
      readonly batches: readonly EmailBatch[]
    },
  ): Promise<'recorded' | 'moved'>
  /** Keys of the batches of one chunk, strongly consistent. */
  itemsOfChunk(scope: string, chunk: number): Promise<readonly string[]>
}

/** Hands work on; each message arrives at least once. */
export interface ResultEmailQueues {
  planShards(messages: readonly PlanShardMessage[]): Promise<void>
  sendBatches(messages: readonly SendBatchMessage[]): Promise<void>
}
