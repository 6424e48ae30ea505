import type { AuditEntry } from '../domain/audit.ts'
import type { CountedBatch } from '../domain/delivery-status.ts'
import type { EmailBatch } from '../domain/email-batch.ts'
import type { EpochMilliseconds } from '../domain/time.ts'
import type { EmailPlan } from './result-email-plans.ts'

/** A batch without its IDs. */
export interface LedgerBatch extends CountedBatch {
  readonly item: string
  /** Of the last claim. */
  readonly claimedAt?: EpochMilliseconds | undefined
}

/** The outcomes of all mails of a release. */
export interface EmailLedger {
  /** Undefined where no mails have been planned. */
  plan(releaseId: string): Promise<EmailPlan | undefined>
  /** A lane's batches in the order of their keys, and whether all are planned; a change may take a moment to show. */
  lane(scope: string): Promise<{ readonly isPlanned: boolean; readonly batches: readonly LedgerBatch[] }>
  /** These batches with their IDs, strongly consistent, in no order. */
  batches(scope: string, items: readonly string[]): Promise<readonly EmailBatch[]>
}

/** The reason of a pending mail that an operator resends. */
export const sentAgain = 'sent-again'

/** What operators may change about planned mails. */
export interface EmailRemedies {
  /**
   * Makes these mails of the batch pending again, and remembers it for good; `lost` if somebody else wrote it meanwhile.
   * Only what is unknown and was not sent again before may be given.
   */
  sendAgain(batch: EmailBatch, positions: readonly number[]): Promise<'written' | 'lost'>
  /** Lets the mails of a release go on which the breaker had stopped: what has gone wrong so far is not counted any more. */
  goOn(releaseId: string): Promise<'went-on' | 'was-not-stopped'>
  /** Writes down what an operator does. */
  audit(entry: AuditEntry): Promise<void>
}

/** Whether the mails of a release are stopped, or slowed down by alarms. */
export type EmailObstacles = (
  releaseId: string,
) => Promise<{ readonly isStopped: boolean; readonly alarms: readonly string[] }>
