import { claimsLapseAfter, type Delivery, type EmailBatch, emailScope } from '../../../shared/domain/email-batch.ts'
import { resendAfter, standingOf } from '../../../shared/domain/email-standing.ts'
import { type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { EmailLedger, LedgerBatch } from '../../../shared/ports/email-ledger.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import { type FindPlanPorts, lanesOf, planOfSession } from '../release-of-session.ts'

export interface ReconcilePorts extends FindPlanPorts {
  readonly ledger: EmailLedger
  readonly batches: Pick<EmailBatches, 'write'>
  readonly queues: Pick<ResultEmailQueues, 'sendWaves'>
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export type ReconcileOutcome =
  | {
      readonly outcome: 'reconciled'
      /** Mails that were settled now: by what SES told, or since their sender is gone. */
      readonly settled: number
      /** Mails that may have been sent and of which nothing is known. */
      readonly unknown: number
      /** From when on all of them may be sent again; absent if there are none. */
      readonly resendFrom?: EpochMilliseconds
      /** Mails that wait and were put on the queue again. */
      readonly requeued: number
    }
  | { readonly outcome: 'no-such-release' }

export type ReconcileResultEmails = ReturnType<typeof reconcileResultEmails>

/** Batches in one read. */
const atOnce = 100

/**
 * Settles what can be settled without a person: claims that their senders have left behind, and what SES has told since.
 * Puts waves with mails that wait on the queue again, should their message be lost. Safe at any time, as often as wanted.
 */
export const reconcileResultEmails =
  (ports: ReconcilePorts) =>
  async (session: string, correctionId?: string): Promise<ReconcileOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const { releaseId, mailingId, plan } = found
    const total = { settled: 0, unknown: 0, requeued: 0, claimedAt: 0 }
    for (const lane of lanesOf(plan)) {
      const scope = emailScope(mailingId, lane)
      const { batches } = await ports.ledger.lane(scope)
      const concerned = batches.filter(isOpenEnded).map(({ item }) => item)
      const waves = new Set<string>()
      for (let from = 0; from < concerned.length; from += atOnce) {
        for (const batch of await ports.ledger.batches(scope, concerned.slice(from, from + atOnce))) {
          const { settled, unknown, pending } = await reconcile(ports, batch)
          total.settled += settled
          total.unknown += unknown
          total.requeued += pending
          if (unknown > 0) total.claimedAt = Math.max(total.claimedAt, batch.claimedAt ?? 0)
          if (pending > 0) waves.add(batch.item)
        }
      }
      await ports.queues.sendWaves([...waves].map((wave) => ({ releaseId, session, scope, wave })))
    }
    const { settled, unknown, requeued, claimedAt } = total
    return {
      ...{ outcome: 'reconciled', settled, unknown, requeued },
      ...(unknown > 0 && { resendFrom: later(claimedAt as EpochMilliseconds, resendAfter) }),
    }
  }

const isOpenEnded = ({ outcomes }: LedgerBatch): boolean =>
  outcomes.some(({ state }) => state === 'pending' || state === 'claimed' || state === 'unknown')

const reconcile = async ({ batches, clock, newId }: ReconcilePorts, batch: EmailBatch) => {
  const isAbandoned = clock.now() >= later(batch.claimedAt ?? clock.now(), claimsLapseAfter)
  const deliveries = batch.deliveries.map((delivery, position): Delivery => {
    const { idNumber } = delivery
    const standing = standingOf(delivery, position, batch.feedback)
    if (standing.state === 'claimed' && isAbandoned) return { idNumber, state: 'unknown', reason: 'sender-killed' }
    return standing.state === delivery.state ? delivery : { idNumber, ...standing }
  })
  const settled = deliveries.filter((delivery, position) => delivery !== batch.deliveries[position]).length
  const next = { ...batch, revision: batch.revision + 1, attempt: newId(), deliveries }
  const isWritten = settled > 0 && (await batches.write([next])) === 'written'
  const counted = settled === 0 || isWritten ? deliveries : batch.deliveries
  const count = (wanted: Delivery['state']) => counted.filter(({ state }) => state === wanted).length
  return { settled: isWritten ? settled : 0, unknown: count('unknown'), pending: count('pending') }
}
