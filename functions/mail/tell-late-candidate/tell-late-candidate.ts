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

export interface TellLatePorts {
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

export type LateOutcome =
  | 'told'
  /** The plan has them. */
  | 'planned-already'
  | 'wants-no-mail'
  /** The plan will find them. */
  | 'not-released'
  | 'no-visible-result'

export type TellLateCandidate = ReturnType<typeof tellLateCandidate>

/** The release is near or its mails are being planned: whether the plan has this candidate will be known soon. */
export class NotPlannedYet extends Error {
  override readonly name = 'NotPlannedYet'
}

/**
 * So long before its instant a registration may be missing in the index by which a release is planned; DynamoDB brings it
 * there in well under a second. Those are looked at again when the plan is made.
 */
const indexLag = 5 * minute

/**
 * Tells who registers when the results are out (R03), at once and once. The plan and this function cannot both tell the
 * same candidate, nor neither: this one waits until the plan of the candidate's lane is complete, looks whether they stand
 * in it, and adds them only if they do not.
 */
export const tellLateCandidate =
  (ports: TellLatePorts) =>
  async ({ idNumber, eventId }: { idNumber: string; eventId: string }): Promise<LateOutcome> => {
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
    return 'told'
  }

/** A hold does not undo that somebody is to be told: the mail waits until it ends. */
const hasResult = async (
  { results }: Pick<TellLatePorts, 'results'>,
  { idNumber, session }: MailChoices,
  facts: EmbargoFacts & { readonly release: Pick<Release, 'releaseId' | 'state'> | undefined },
): Promise<boolean> => {
  const asOpen = { ...facts, release: facts.release && { ...facts.release, state: 'released' as const } }
  const versions = await results.versionsBetween(session, shardOf(idNumber), idNumber, idNumber)
  return visibleVersion(versions, asOpen)?.state === 'final'
}
