import { type EmailTally, emailTally } from '../../../shared/domain/delivery-status.ts'
import { emailScope } from '../../../shared/domain/email-batch.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailLedger, EmailObstacles } from '../../../shared/ports/email-ledger.ts'
import { type FindPlanPorts, lanesOf, planOfSession } from '../release-of-session.ts'
import { type MailObstacle, obstaclesOf } from './obstacles-of.ts'

export interface ReportPorts extends FindPlanPorts {
  readonly ledger: Pick<EmailLedger, 'plan' | 'lane'>
  readonly obstacles: EmailObstacles
  readonly clock: Pick<Clock, 'now'>
}

export type ReportOutcome =
  | {
      readonly outcome: 'reported'
      readonly releaseId: string
      readonly counts: EmailTally
      readonly reasons: Readonly<Record<string, number>>
      /** Whether planning is complete. */
      readonly isPlanned: boolean
      readonly isStopped: boolean
      readonly slowedBy: readonly string[]
      /** Why mails are stopped or slow, the most serious first; empty if all is well or done. */
      readonly obstacles: readonly MailObstacle[]
    }
  | { readonly outcome: 'no-such-release' }

export type ReportResultEmails = ReturnType<typeof reportResultEmails>

/** Counts a release's mails by state, from the mails themselves: there is no separate counter that could drift (G4). */
export const reportResultEmails =
  (ports: ReportPorts) =>
  async (session: string, correctionId?: string): Promise<ReportOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const { release, mailingId, plan } = found
    const { releaseId } = release
    const tally = emailTally()
    const lanes = await Promise.all(lanesOf(plan).map((lane) => ports.ledger.lane(emailScope(mailingId, lane))))
    for (const { batches } of lanes) for (const batch of batches) tally.add(batch)
    const { isStopped, alarms } = await ports.obstacles(mailingId)
    const isPlanned = plan !== undefined && lanes.every((lane) => lane.isPlanned)
    const { pending } = tally.counts
    const facts = { release, correctionId, plan, isPlanned, pending, isStopped, alarms, now: ports.clock.now() }
    return {
      ...{ outcome: 'reported', releaseId, counts: tally.counts, reasons: tally.reasons },
      ...{ isPlanned, isStopped, slowedBy: alarms, obstacles: obstaclesOf(facts) },
    }
  }
