import { mapInChunks } from '../../../shared/domain/chunks.ts'
import { deliveryStatusOf, resendAfter } from '../../../shared/domain/delivery-status.ts'
import { type EmailBatch, waveOfItem } from '../../../shared/domain/email-batch.ts'
import { type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import {
  type EmailLedger,
  type EmailRemedies,
  type LedgerBatch,
  sentAgain,
} from '../../../shared/ports/email-ledger.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import { type FindPlanPorts, planOfSession, type WantedRemedy } from '../release-of-session.ts'
import { type ScanPorts, scanLedger } from '../scan-ledger.ts'

export interface ResendPorts extends FindPlanPorts, ScanPorts {
  readonly ledger: EmailLedger
  readonly remedies: Pick<EmailRemedies, 'sendAgain' | 'audit'>
  readonly queues: Pick<ResultEmailQueues, 'sendWaves'>
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export type ResendOutcome =
  | {
      readonly outcome: 'resent'
      readonly resent: number
      /** Unknown for less than a day. */
      readonly tooEarly: number
      /** Resent before and unknown again; final. */
      readonly resentBefore: number
      /** Cursor for the next step; absent if this was the last. */
      readonly next?: string
    }
  /** The correction mails nobody, or does not exist. */
  | { readonly outcome: 'no-such-release' | 'nothing-planned' }

export type ResendUnknownEmails = ReturnType<typeof resendUnknownEmails>

/** Batches written concurrently. */
const writeConcurrency = 10

/**
 * Resends mails that have been unknown for a day, as an operator's decision and under their name: some candidates may get a
 * second mail. Each mail is resent at most once, also with concurrent operators; if it is unknown again, that is final. One
 * step of some seconds, which returns a cursor; each step is written to the audit trail first. Mails that a killed step has
 * marked but not queued are queued by the next run.
 */
export const resendUnknownEmails =
  (ports: ResendPorts) =>
  async ({
    session,
    by,
    correctionId,
    after,
  }: WantedRemedy & { readonly after?: string | undefined }): Promise<ResendOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const { releaseId, mailingId, plan } = found
    if (correctionId !== undefined && !plan) return { outcome: 'nothing-planned' }
    const at = ports.clock.now()
    await ports.remedies.audit({
      subject: `release/${session}`,
      ...{ at, id: ports.newId(), by, action: 'unknown-mails-resent', details: { releaseId, mailingId } },
    })
    const total = { resent: 0, tooEarly: 0, resentBefore: 0 }
    const processBatches = async (scope: string, batches: readonly EmailBatch[]) => {
      const waves = new Set<string>()
      await mapInChunks(batches, writeConcurrency, async (batch) => {
        const { tooEarly, resentBefore, again, isLeft } = choose(batch, at)
        total.tooEarly += tooEarly
        total.resentBefore += resentBefore
        const isMine = again.length > 0 && (await ports.remedies.sendAgain(batch, again)) === 'written'
        if (isMine) total.resent += again.length
        if (isMine || isLeft) waves.add(waveOfItem(batch.item))
      })
      await ports.queues.sendWaves([...waves].map((wave) => ({ releaseId, session, scope, wave })))
    }
    const next = await scanLedger(ports, { mailingId, plan, after, matches, processBatches })
    return { outcome: 'resent', ...total, ...(next !== undefined && { next }) }
  }

const matches = ({ outcomes }: LedgerBatch): boolean =>
  outcomes.some(({ state, reason }) => state === 'unknown' || isWaitingAgain({ state, reason }))

/** Marked for resending, and not sent yet. */
const isWaitingAgain = ({ state, reason }: { readonly state: string; readonly reason?: string | undefined }): boolean =>
  state === 'pending' && reason === sentAgain

const choose = ({ deliveries, feedback, claimedAt, sentAgain }: EmailBatch, now: EpochMilliseconds) => {
  const unknown = deliveries.flatMap((delivery, position) =>
    deliveryStatusOf(delivery, position, feedback).state === 'unknown' ? [position] : [],
  )
  const isTooEarly = now < later(claimedAt ?? now, resendAfter)
  const fresh = unknown.filter((position) => !sentAgain?.has(position))
  return {
    again: isTooEarly ? [] : fresh,
    tooEarly: isTooEarly ? fresh.length : 0,
    resentBefore: unknown.length - fresh.length,
    isLeft: deliveries.some(isWaitingAgain),
  }
}
