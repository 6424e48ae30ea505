import type { EpochMilliseconds } from '../domain/time.ts'

/** Classes of records with a retention period of their own. */
export type RetentionClass = 'accountMails' | 'audit' | 'imports' | 'releases'

/** The records of one class. */
export interface RetainedRecords {
  /**
   * Deletes records older than the instant, unless a retained record still needs them. Stops when `isOver`; the next call
   * continues.
   */
  removeBefore(
    instant: EpochMilliseconds,
    isOver: () => boolean,
  ): Promise<{ readonly deleted: number; readonly isComplete: boolean }>
}
