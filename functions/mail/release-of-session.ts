import { madeIdPattern, sessionPattern } from '../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../shared/domain/release.ts'
import type { EmailLedger } from '../../shared/ports/email-ledger.ts'
import type { Releases } from '../../shared/ports/releases.ts'
import type { EmailPlan } from '../../shared/ports/result-email-plans.ts'

export interface FindPlanPorts {
  readonly releases: Pick<Releases, 'find'>
  readonly ledger: Pick<EmailLedger, 'plan'>
}

/**
 * The session's release, and the mail plan of the release or of the given correction; the plan is undefined until planning
 * has begun, and for an id that is no correction of this session.
 */
export const planOfSession = async (
  { releases, ledger }: FindPlanPorts,
  session: string,
  correctionId?: string,
): Promise<
  | {
      readonly release: PlannedRelease
      readonly releaseId: string
      readonly mailingId: string
      readonly plan: EmailPlan | undefined
    }
  | undefined
> => {
  const release = sessionPattern.test(session) ? await releases.find(session) : undefined
  if (!release) return undefined
  const mailingId = correctionId ?? release.releaseId
  const plan = madeIdPattern.test(mailingId) ? await ledger.plan(mailingId) : undefined
  return { release, releaseId: release.releaseId, mailingId, plan: plan?.session === session ? plan : undefined }
}

/** The lane numbers of a plan; empty without a plan. */
export const lanesOf = (plan: EmailPlan | undefined): readonly number[] =>
  Array.from({ length: plan?.lanes ?? 0 }, (_, lane) => lane)

/** Message for a correction without mails. */
export const nothingPlanned =
  'No mails are planned for a correction with this id: it has not happened yet, mails nobody, or does not exist. For the newest one and its id: release status.'

/** An operator's request about the mails of a session's release, or of a correction of it. */
export interface WantedRemedy {
  readonly session: string
  readonly by: string
  readonly correctionId?: string | undefined
}
