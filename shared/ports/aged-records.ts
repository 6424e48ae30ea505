import type { EpochMilliseconds } from '../domain/time.ts'

/** Records that are kept for so many days and then go, each class with a limit of its own. */
export type AgedClass = 'accountMails' | 'audit' | 'imports' | 'releases'

/** One class of them. */
export interface AgedRecords {
  /**
   * Deletes what is older than the instant, unless something that is still kept needs it. Stops where `isOver`; begun again
   * it goes on.
   */
  removeBefore(
    instant: EpochMilliseconds,
    isOver: () => boolean,
  ): Promise<{ readonly deleted: number; readonly isComplete: boolean }>
}
