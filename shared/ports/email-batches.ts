import type { EmailBatch } from '../domain/email-batch.ts'

/** Planned mails, as senders claim and settle them. */
export interface EmailBatches {
  /** The batches of a wave, strongly consistent. */
  inWave(scope: string, wave: string): Promise<readonly EmailBatch[]>
  /**
   * Writes states and claims of the batches atomically, each as the revision after the one that was read (optimistic
   * locking); `lost` if another sender wrote one of them. A repeat of the same write (same attempts and revisions) is
   * `written`, too. Feedback about the mails is not changed.
   */
  write(batches: readonly EmailBatch[]): Promise<'written' | 'lost'>
}
