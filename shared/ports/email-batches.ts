import type { EmailBatch } from '../domain/email-batch.ts'

/** Planned mails, as their sender claims and settles them. */
export interface EmailBatches {
  /** Strongly consistent. */
  find(scope: string, item: string): Promise<EmailBatch | undefined>
  /**
   * Writes the batch if it is still at the revision before; `lost` if somebody else wrote. A repeat of the same write
   * (same attempt and revision) is `written` too.
   */
  write(batch: EmailBatch): Promise<'written' | 'lost'>
}
