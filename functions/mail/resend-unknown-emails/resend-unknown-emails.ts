import { type EmailBatch, emailScope } from '../../../shared/domain/email-batch.ts'
import { resendAfter, standingOf } from '../../../shared/domain/email-standing.ts'
import { type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailLedger, EmailRemedies } from '../../../shared/ports/email-ledger.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import { type FindPlanPorts, lanesOf, planOfSession, type WantedRemedy } from '../release-of-session.ts'

export interface ResendPorts extends FindPlanPorts {
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
      /** Sent again before, and unknown again: for good. */
      readonly resentBefore: number
    }
  | { readonly outcome: 'no-such-release' }

export type ResendUnknownEmails = ReturnType<typeof resendUnknownEmails>

const atOnce = 100

/**
 * Has mails sent again of which nothing has been known for a day, by an operator's decision and on their name: some of
 * their readers may get a second one. Each at most once; what is unknown then stays so.
 */
export const resendUnknownEmails =
  (ports: ResendPorts) =>
  async ({ session, by, correctionId }: WantedRemedy): Promise<ResendOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const { releaseId, mailingId, plan } = found
    const at = ports.clock.now()
    await ports.remedies.audit({
      subject: `release/${session}`,
      ...{ at, id: ports.newId(), by, action: 'unknown-mails-resent', details: { releaseId, mailingId } },
    })
    const total = { resent: 0, tooEarly: 0, resentBefore: 0 }
    for (const lane of lanesOf(plan)) {
      const scope = emailScope(mailingId, lane)
      const { batches } = await ports.ledger.lane(scope)
      const concerned = batches.filter(({ outcomes }) => outcomes.some(({ state }) => state === 'unknown'))
      for (let from = 0; from < concerned.length; from += atOnce) {
        const items = concerned.slice(from, from + atOnce).map(({ item }) => item)
        for (const batch of await ports.ledger.batches(scope, items)) {
          const { tooEarly, resentBefore, again } = choose(batch, at)
          total.tooEarly += tooEarly
          total.resentBefore += resentBefore
          if (again.length === 0 || (await ports.remedies.sendAgain(batch, again)) === 'lost') continue
          total.resent += again.length
          await ports.queues.sendWaves([{ releaseId, session, scope, wave: batch.item }])
        }
      }
    }
    return { outcome: 'resent', ...total }
  }

const choose = ({ deliveries, feedback, claimedAt, sentAgain }: EmailBatch, now: EpochMilliseconds) => {
  const unknown = deliveries.flatMap((delivery, position) =>
    standingOf(delivery, position, feedback).state === 'unknown' ? [position] : [],
  )
  const isTooEarly = now < later(claimedAt ?? now, resendAfter)
  const fresh = unknown.filter((position) => !sentAgain?.has(position))
  return {
    again: isTooEarly ? [] : fresh,
    tooEarly: isTooEarly ? fresh.length : 0,
    resentBefore: unknown.length - fresh.length,
  }
}
