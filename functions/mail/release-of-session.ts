import { sessionPattern } from '../../shared/domain/identifiers.ts'
import type { EmailLedger } from '../../shared/ports/email-ledger.ts'
import type { Releases } from '../../shared/ports/releases.ts'
import type { EmailPlan } from '../../shared/ports/result-email-plans.ts'

export interface FindPlanPorts {
  readonly releases: Pick<Releases, 'find'>
  readonly ledger: Pick<EmailLedger, 'plan'>
}

/** The release that a session has, and the plan of its mails as soon as there is one. */
export const planOfSession = async (
  { releases, ledger }: FindPlanPorts,
  session: string,
): Promise<{ readonly releaseId: string; readonly plan: EmailPlan | undefined } | undefined> => {
  const release = sessionPattern.test(session) ? await releases.find(session) : undefined
  return release && { releaseId: release.releaseId, plan: await ledger.plan(release.releaseId) }
}

/** Numbers of a plan's lanes; none where there is no plan. */
export const lanesOf = (plan: EmailPlan | undefined): readonly number[] =>
  Array.from({ length: plan?.lanes ?? 0 }, (_, lane) => lane)
