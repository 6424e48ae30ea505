import { batchPrefix, emailScope, lateItem } from '../../../shared/domain/email-batch.ts'
import { type EmbargoFacts, isSessionHeld, isSessionOpen, visibleVersion } from '../../../shared/domain/embargo.ts'
import { shardOf } from '../../../shared/domain/identifiers.ts'
import { isLanguage } from '../../../shared/domain/language.ts'
import type { Release } from '../../../shared/domain/release.ts'
import { later, minute } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { EmailLedger } from '../../../shared/ports/email-ledger.ts'
import type { ChoosingAccounts, LateEmails, MailChoices } from '../../../shared/ports/late-emails.ts'
import type { Openings, Releases } from '../../../shared/ports/releases.ts'
import type { ResultEmailPlans, ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import type { SessionResults } from '../../../shared/ports/session-members.ts'

export interface NotifyLateCandidatePorts {
  readonly accounts: ChoosingAccounts
  readonly results: Pick<SessionResults, 'versionsBetween'>
  readonly releases: Pick<Releases, 'find'>
  readonly openings: Openings
  readonly ledger: Pick<EmailLedger, 'plan'>
  readonly plans: Pick<ResultEmailPlans, 'progress'>
  readonly batches: Pick<EmailBatches, 'inWave'>
  readonly late: LateEmails
  readonly queues: Pick<ResultEmailQueues, 'sendWaves'>
  readonly clock: Pick<Clock, 'now'>
}

export type NotifyLateOutcome =
  | 'notified'
  /** They are in the plan already. */
  | 'planned-already'
  | 'wants-no-mail'
  /** The plan, which is not made yet, will include them. */
  | 'not-released'
  | 'no-visible-result'

export type NotifyLateCandidate = ReturnType<typeof notifyLateCandidate>

/** The release is near, or its mails are being planned: retry until it is known whether the plan includes this candidate. */
export class NotPlannedYet extends Error {
  override readonly name = 'NotPlannedYet'
}

/**
 * A registration this close before the release may be missing from the index that planning reads (DynamoDB updates it in
 * well under a second, but promises no limit). Such a candidate is checked again once the plan is made.
 */
const indexLag = 5 * minute

/**
 * Mails a candidate who registers after the release (R03), immediately and exactly once. Either the plan mails a candidate
 * or this function does, never both or neither: it waits until the plan of the candidate's lane is complete, and adds the
 * candidate only if the plan does not include them.
 */
export const notifyLateCandidate =
  (ports: NotifyLateCandidatePorts) =>
  async ({ idNumber, eventId }: { idNumber: string; eventId: string }): Promise<NotifyLateOutcome> => {
    const account = await ports.accounts.find(idNumber)
    if (!account?.emailOptIn) return 'wants-no-mail'
    const { session } = account
    const [release, opening] = await Promise.all([ports.releases.find(session), ports.openings.find(session)])
    const facts = { release, opening, now: ports.clock.now() }
    if (!release || !(isSessionOpen(facts) || isSessionHeld(facts))) {
      if (release?.state === 'approved' && release.releaseAt <= later(facts.now, indexLag))
        throw new NotPlannedYet(session)
      return 'not-released'
    }
    if (!(await hasResult(ports, account, facts))) return 'no-visible-result'

    const { releaseId } = release
    const plan = await ports.ledger.plan(releaseId)
    const scope = emailScope(releaseId, shardOf(idNumber) % (plan?.lanes ?? 1))
    if (!(await ports.plans.progress(scope))?.isDone) throw new NotPlannedYet(session)
    const item = lateItem(eventId)
    const batches = await ports.batches.inWave(scope, batchPrefix)
    const found = batches.find(({ deliveries }) => deliveries.some((delivery) => delivery.idNumber === idNumber))
    if (found && found.item !== item) return 'planned-already'
    const language = isLanguage(account.language) ? account.language : 'en'
    const deliveries = [{ idNumber, state: 'pending' as const }]
    await ports.late.add({ scope, item, releaseId, session, language, revision: 0, deliveries })
    await ports.queues.sendWaves([{ releaseId, session, scope, wave: item }])
    return 'notified'
  }

/** Ignores a hold: the mail is planned all the same, and waits until the hold ends. */
const hasResult = async (
  { results }: Pick<NotifyLateCandidatePorts, 'results'>,
  { idNumber, session }: MailChoices,
  facts: EmbargoFacts & { readonly release: Pick<Release, 'releaseId' | 'state'> | undefined },
): Promise<boolean> => {
  const asOpen = { ...facts, release: facts.release && { ...facts.release, state: 'released' as const } }
  const versions = await results.versionsBetween(session, shardOf(idNumber), idNumber, idNumber)
  return visibleVersion(versions, asOpen)?.state === 'final'
}
