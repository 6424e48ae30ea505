import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailRemedies } from '../../../shared/ports/email-ledger.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import { type FindPlanPorts, lanesOf, planOfSession, type WantedRemedy } from '../release-of-session.ts'

export interface ResumeEmailsPorts extends FindPlanPorts {
  readonly remedies: Pick<EmailRemedies, 'goOn' | 'audit'>
  readonly queues: Pick<ResultEmailQueues, 'planLanes'>
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export type ResumeEmailsOutcome =
  | { readonly outcome: 'went-on' }
  | { readonly outcome: 'was-not-stopped' }
  | { readonly outcome: 'no-such-release' }

export type ResumeResultEmails = ReturnType<typeof resumeResultEmails>

/** Resumes mails that the circuit breaker has stopped, as an operator's decision and under their name. Idempotent. */
export const resumeResultEmails =
  (ports: ResumeEmailsPorts) =>
  async ({ session, by, correctionId }: WantedRemedy): Promise<ResumeEmailsOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const { releaseId, mailingId, plan } = found
    if (!plan) return { outcome: 'was-not-stopped' }
    await ports.remedies.audit({
      subject: `release/${session}`,
      ...{ at: ports.clock.now(), id: ports.newId(), by, action: 'mails-resumed', details: { releaseId, mailingId } },
    })
    const outcome = await ports.remedies.goOn(mailingId)
    const { lanes } = plan
    await ports.queues.planLanes(
      lanesOf(plan).map((lane) => ({
        releaseId,
        session,
        lane,
        lanes,
        ...(correctionId !== undefined && { correctionId }),
      })),
    )
    return { outcome }
  }
