import { emailScope } from '../../../shared/domain/email-batch.ts'
import { type EmailTally, emailTally } from '../../../shared/domain/email-standing.ts'
import type { EmailLedger, EmailObstacles } from '../../../shared/ports/email-ledger.ts'
import { type FindPlanPorts, lanesOf, planOfSession } from '../release-of-session.ts'

export interface ReportPorts extends FindPlanPorts {
  readonly ledger: Pick<EmailLedger, 'plan' | 'lane'>
  readonly obstacles: EmailObstacles
}

export type ReportOutcome =
  | {
      readonly outcome: 'reported'
      readonly releaseId: string
      readonly counts: EmailTally
      readonly reasons: Readonly<Record<string, number>>
      /** Whether everybody who is to be told stands in it. */
      readonly isPlanned: boolean
      readonly isStopped: boolean
      readonly slowedBy: readonly string[]
    }
  | { readonly outcome: 'no-such-release' }

export type ReportResultEmails = ReturnType<typeof reportResultEmails>

/** The account of a release's mails, by counting them: nothing is kept twice, so it cannot be out of step (G4). */
export const reportResultEmails =
  (ports: ReportPorts) =>
  async (session: string, correctionId?: string): Promise<ReportOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const { releaseId, mailingId, plan } = found
    const tally = emailTally()
    const lanes = await Promise.all(lanesOf(plan).map((lane) => ports.ledger.lane(emailScope(mailingId, lane))))
    for (const { batches } of lanes) for (const batch of batches) tally.add(batch)
    const { isStopped, alarms } = await ports.obstacles(mailingId)
    return {
      ...{ outcome: 'reported', releaseId, counts: tally.counts, reasons: tally.reasons },
      isPlanned: plan !== undefined && lanes.every((lane) => lane.isPlanned),
      ...{ isStopped, slowedBy: alarms },
    }
  }
