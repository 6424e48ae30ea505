import type { EmailBatch } from '../domain/email-batch.ts'

/** Planned mails, as their sender claims and settles them. */
export interface EmailBatches {
  /** The batches of a wave, strongly consistent. */
  inWave(scope: string, wave: string): Promise<readonly EmailBatch[]>
  /**
   * Writes states and claims of the batches, each as the revision after the one that was read, all or nothing; `lost` if
   * somebody else wrote one of them. A repeat of the same write (same attempts and revisions) is `written` too. What was
   * told of their mails stays as it is.
   */
  write(batches: readonly EmailBatch[]): Promise<'written' | 'lost'>
}
