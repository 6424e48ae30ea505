import { mapInChunks } from '../../../shared/domain/chunks.ts'
import { deliveryStatusOf, resendAfter } from '../../../shared/domain/delivery-status.ts'
import { claimTimeout, type Delivery, type EmailBatch, waveOfItem } from '../../../shared/domain/email-batch.ts'
import { type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { EmailLedger, LedgerBatch } from '../../../shared/ports/email-ledger.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import { type FindPlanPorts, planOfSession } from '../release-of-session.ts'
import { type ScanPorts, scanLedger } from '../scan-ledger.ts'

export interface ReconcilePorts extends FindPlanPorts, ScanPorts {
  readonly ledger: EmailLedger
  readonly batches: Pick<EmailBatches, 'write'>
  readonly queues: Pick<ResultEmailQueues, 'sendWaves'>
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export type ReconcileOutcome =
  | {
      readonly outcome: 'reconciled'
      /** Mails settled by this step: by SES events, or because their sender's claim has expired. */
      readonly settled: number
      /** Mails that may have been sent. */
      readonly unknown: number
      /** From when on all of them may be resent; absent if there are none. */
      readonly resendFrom?: EpochMilliseconds
      /** Pending mails that were put back on the queue. */
      readonly requeued: number
      /** Cursor for the next step; absent if this was the last. */
      readonly next?: string
    }
  /** The correction mails nobody, or does not exist. */
  | { readonly outcome: 'no-such-release' | 'nothing-planned' }

export type ReconcileResultEmails = ReturnType<typeof reconcileResultEmails>

/** Batches written concurrently. */
const writeConcurrency = 10

/**
 * Settles what needs no decision: expired claims, and mails about which SES has sent events since. Requeues waves with
 * pending mails, in case their message was lost; not while the release is held, since resuming requeues them. One step of
 * some seconds: counts what this step has processed, and returns a cursor. Idempotent, also for concurrent operators.
 */
export const reconcileResultEmails =
  (ports: ReconcilePorts) =>
  async (session: string, correctionId?: string, after?: string): Promise<ReconcileOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const { release, releaseId, mailingId, plan } = found
    if (correctionId !== undefined && !plan) return { outcome: 'nothing-planned' }
    const total = { settled: 0, unknown: 0, requeued: 0, claimedAt: 0 }
    const processBatches = async (scope: string, batches: readonly EmailBatch[]) => {
      const done = await mapInChunks(batches, writeConcurrency, async (batch) => ({
        batch,
        ...(await reconcile(ports, batch)),
      }))
      for (const { batch, settled, unknown } of done) {
        total.settled += settled
        total.unknown += unknown
        if (unknown > 0) total.claimedAt = Math.max(total.claimedAt, batch.claimedAt ?? 0)
      }
      if (release.state !== 'released') return
      const waiting = done.filter(({ pending }) => pending > 0)
      const waves = new Set(waiting.map(({ batch }) => waveOfItem(batch.item)))
      await ports.queues.sendWaves([...waves].map((wave) => ({ releaseId, session, scope, wave })))
      total.requeued += waiting.reduce((sum, { pending }) => sum + pending, 0)
    }
    const next = await scanLedger(ports, { mailingId, plan, after, matches: isOpenEnded, processBatches })
    const { settled, unknown, requeued, claimedAt } = total
    return {
      ...{ outcome: 'reconciled', settled, unknown, requeued },
      ...(unknown > 0 && { resendFrom: later(claimedAt as EpochMilliseconds, resendAfter) }),
      ...(next !== undefined && { next }),
    }
  }

const isOpenEnded = ({ outcomes }: LedgerBatch): boolean =>
  outcomes.some(({ state }) => state === 'pending' || state === 'claimed' || state === 'unknown')

const reconcile = async ({ batches, clock, newId }: ReconcilePorts, batch: EmailBatch) => {
  const isAbandoned = clock.now() >= later(batch.claimedAt ?? clock.now(), claimTimeout)
  const deliveries = batch.deliveries.map((delivery, position): Delivery => {
    const { idNumber } = delivery
    const status = deliveryStatusOf(delivery, position, batch.feedback)
    if (status.state === 'claimed' && isAbandoned) return { idNumber, state: 'unknown', reason: 'sender-killed' }
    return status.state === delivery.state ? delivery : { idNumber, ...status }
  })
  const settled = deliveries.filter((delivery, position) => delivery !== batch.deliveries[position]).length
  const next = { ...batch, revision: batch.revision + 1, attempt: newId(), deliveries }
  const isWritten = settled > 0 && (await batches.write([next])) === 'written'
  const counted = settled === 0 || isWritten ? deliveries : batch.deliveries
  const count = (wanted: Delivery['state']) => counted.filter(({ state }) => state === wanted).length
  return { settled: isWritten ? settled : 0, unknown: count('unknown'), pending: count('pending') }
}
