import type { PlanShardMessage } from '../../../shared/contracts/messages.ts'
import { batchItem, type EmailBatch, emailScope, largestBatch } from '../../../shared/domain/email-batch.ts'
import { type EmbargoFacts, isSessionOpen, visibleVersion } from '../../../shared/domain/embargo.ts'
import { shards } from '../../../shared/domain/identifiers.ts'
import { isLanguage } from '../../../shared/domain/language.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { Openings, Releases } from '../../../shared/ports/releases.ts'
import type { PlanProgress, ResultEmailPlans, ResultEmailQueues } from '../../../shared/ports/result-email-plans.ts'
import type { SessionAccount, SessionAccounts, SessionResults } from '../../../shared/ports/session-members.ts'

export interface PlanResultEmailsPorts {
  readonly accounts: Pick<SessionAccounts, 'pageAfter'>
  readonly results: Pick<SessionResults, 'versionsBetween'>
  readonly releases: Pick<Releases, 'find'>
  readonly openings: Openings
  readonly plans: ResultEmailPlans
  readonly queues: ResultEmailQueues
  readonly templates: Pick<MailTemplates, 'faults'>
  readonly clock: Pick<Clock, 'now'>
}

export type PlanOutcome =
  | { readonly outcome: 'handed-on' }
  | { readonly outcome: 'planned'; readonly count: number }
  /** Held, or released anew under another id: nobody is told of this release. */
  | { readonly outcome: 'not-open' }

export type PlanRelease = ReturnType<typeof planRelease>
export type PlanShard = ReturnType<typeof planShard>

/** No mail can be sent with these templates; the message waits for a sound version of the service. */
export class TemplatesUnsound extends Error {
  override readonly name = 'TemplatesUnsound'
}

/** Accounts looked at for one chunk; its batches fit into one transaction whatever their languages. */
const accountsInChunk = 1_000

/** The event is here: hands each shard on as a message of its own, so that no invocation has to live long. */
export const planRelease =
  ({ queues, templates }: Pick<PlanResultEmailsPorts, 'queues' | 'templates'>) =>
  async ({ releaseId, session }: { releaseId: string; session: string }): Promise<PlanOutcome> => {
    if (templates.faults.length > 0) throw new TemplatesUnsound(templates.faults.join('; '))
    await queues.planShards(shards.map((shard) => ({ releaseId, session, shard })))
    return { outcome: 'handed-on' }
  }

/**
 * Plans the mails of one shard: everybody who chose emails and whose own result is visible (R51), exactly once. Each
 * chunk is written together with the progress it makes, on the condition of the progress before (G4): delivered twice,
 * or killed at any point, it goes on where it stopped.
 */
export const planShard =
  (ports: PlanResultEmailsPorts) =>
  async ({ releaseId, session, shard }: PlanShardMessage): Promise<PlanOutcome> => {
    const { releases, openings, plans, queues, clock } = ports
    const facts = { release: await releases.find(session), opening: await openings.find(session), now: clock.now() }
    if (facts.release?.releaseId !== releaseId || !isSessionOpen(facts)) return { outcome: 'not-open' }

    const scope = emailScope(releaseId, shard)
    const enqueue = (items: readonly string[]) =>
      queues.sendBatches(items.map((item) => ({ releaseId, session, scope, item })))
    let progress = await plans.progress(scope)
    // Perhaps the one before was killed after it wrote its last chunk and before it said so.
    if (progress) await enqueue(await plans.itemsOfChunk(scope, progress.chunks))
    while (!progress?.isDone) {
      const step = await nextChunk(ports, { releaseId, session, shard, scope }, progress, facts)
      const isMine = (await plans.record(scope, { from: progress, ...step })) === 'recorded'
      progress = isMine ? step.to : await plans.progress(scope)
      if (isMine) await enqueue(step.batches.map(({ item }) => item))
    }
    return { outcome: 'planned', count: progress.planned }
  }

interface Shard extends PlanShardMessage {
  readonly scope: string
}

const nextChunk = async (
  { accounts, results }: PlanResultEmailsPorts,
  { releaseId, session, shard, scope }: Shard,
  from: PlanProgress | undefined,
  facts: EmbargoFacts,
): Promise<{ to: PlanProgress; batches: readonly EmailBatch[] }> => {
  const page = await accounts.pageAfter(session, shard, from?.cursor ?? '', accountsInChunk)
  const first = page.accounts[0]?.idNumber
  const last = page.accounts.at(-1)?.idNumber
  const versions =
    first === undefined || last === undefined ? [] : await results.versionsBetween(session, shard, first, last)
  const versionsById = Map.groupBy(versions, ({ idNumber }) => idNumber)
  const recipients = page.accounts.filter(
    ({ idNumber, emailOptIn }) =>
      emailOptIn && visibleVersion(versionsById.get(idNumber) ?? [], facts)?.state === 'final',
  )
  const chunks = (from?.chunks ?? 0) + 1
  return {
    to: {
      cursor: page.isLast ? '' : (last ?? from?.cursor ?? ''),
      chunks,
      planned: (from?.planned ?? 0) + recipients.length,
      isDone: page.isLast,
    },
    batches: batchesOf(recipients, (language, number) => ({
      scope,
      item: batchItem(chunks, language, number),
      releaseId,
      session,
      language,
      revision: 0,
    })),
  }
}

const batchesOf = (
  recipients: readonly SessionAccount[],
  headOf: (language: string, number: number) => Omit<EmailBatch, 'deliveries'>,
): EmailBatch[] => {
  const byLanguage = Map.groupBy(recipients, ({ language }) => (isLanguage(language) ? language : 'en'))
  return [...byLanguage].flatMap(([language, members]) =>
    Array.from({ length: Math.ceil(members.length / largestBatch) }, (_, number) => ({
      ...headOf(language, number),
      deliveries: members
        .slice(number * largestBatch, (number + 1) * largestBatch)
        .map(({ idNumber }) => ({ idNumber, state: 'pending' as const })),
    })),
  )
}
