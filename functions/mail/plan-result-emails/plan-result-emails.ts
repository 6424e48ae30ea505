import type { PlanLaneMessage } from '../../../shared/contracts/messages.ts'
import {
  batchItem,
  type EmailBatch,
  emailScope,
  laneCount,
  maxBatchSize,
  shardsOfLane,
  waveOf,
} from '../../../shared/domain/email-batch.ts'
import { type EmbargoFacts, isSessionOpen, visibleVersion } from '../../../shared/domain/embargo.ts'
import { isLanguage } from '../../../shared/domain/language.ts'
import { shuffled } from '../../../shared/domain/shuffled.ts'
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
  /** Held, or replaced by a release with another id: nothing is planned for this one. */
  | { readonly outcome: 'not-open' }

export type PlanRelease = ReturnType<typeof planRelease>
export type PlanLane = ReturnType<typeof planLane>

/** No mail can be sent with these templates; the message is retried until a corrected version is deployed. */
export class InvalidTemplates extends Error {
  override readonly name = 'InvalidTemplates'
}

/** A release, or a correction of it, whose candidates are mailed. */
export interface Mailing {
  readonly releaseId: string
  readonly session: string
  readonly correctionId?: string | undefined
}

/** Accounts per read; a step processes fewer than twice as many, so that its batches fit into a transaction of 100 items. */
const accountsInPage = 2_000

/**
 * Fans the event out to one message per lane, so that no invocation runs long. A duplicate of the event, also when a held
 * release is resumed, has everything sent that is still pending.
 */
export const planRelease =
  ({ releases, plans, queues, templates, clock }: PlanResultEmailsPorts) =>
  async ({ releaseId, session, correctionId }: Mailing): Promise<PlanOutcome> => {
    if (templates.faults.length > 0) throw new InvalidTemplates(templates.faults.join('; '))
    const release = await releases.find(session)
    if (release?.releaseId !== releaseId) return { outcome: 'not-open' }
    const { lanes } = await plans.begin({
      releaseId: correctionId ?? releaseId,
      session,
      lanes: laneCount(release.counts.entries),
      begunAt: clock.now(),
    })
    await queues.planLanes(
      Array.from({ length: lanes }, (_, lane) => ({
        releaseId,
        session,
        lane,
        lanes,
        ...(correctionId !== undefined && { correctionId }),
      })),
    )
    return { outcome: 'handed-on' }
  }

/**
 * Plans the mails of one lane: everybody who opted in and whose own result is visible (R51), exactly once. Each step is
 * written in one transaction with its progress, conditional on the previous progress (G4): delivered twice, or killed at any
 * point, it continues where it stopped. Then it queues the waves in an order that differs between releases, so that no
 * centre or country is always last.
 */
export const planLane =
  (ports: PlanResultEmailsPorts) =>
  async (lane: PlanLaneMessage): Promise<PlanOutcome> => {
    const { releaseId, session } = lane
    const { releases, openings, plans, queues, clock } = ports
    const [release, opening] = await Promise.all([releases.find(session), openings.find(session)])
    const facts = { release, opening, now: clock.now() }
    if (release?.releaseId !== releaseId || !isSessionOpen(facts)) return { outcome: 'not-open' }

    const scope = scopeOf(lane)
    let progress = await plans.progress(scope)
    while (!progress?.isDone) {
      const step = await nextStep(ports, lane, progress, facts)
      const isMine = (await plans.record(scope, { from: progress, ...step })) === 'recorded'
      progress = isMine ? step.to : await plans.progress(scope)
    }
    const waves = Array.from({ length: progress.waves }, (_, number) => waveOf(number + 1))
    await queues.sendWaves(shuffled(waves, scope, (wave) => wave).map((wave) => ({ releaseId, session, scope, wave })))
    return { outcome: 'planned', count: progress.planned }
  }

const atTheStart: PlanProgress = { shardIndex: 0, cursor: '', waves: 0, planned: 0, left: {}, isDone: false }

/** Reads accounts, across shards, until there are enough for a wave, and fills batches with the recipients. */
const nextStep = async (
  ports: PlanResultEmailsPorts,
  message: PlanLaneMessage,
  from: PlanProgress = atTheStart,
  facts: EmbargoFacts,
): Promise<{ to: PlanProgress; batches: readonly EmailBatch[] }> => {
  const { releaseId, session, lane, lanes } = message
  const shards = shardsOfLane(lane, lanes)
  const recipients = new Map(Object.entries(from.left).map(([language, ids]) => [language, [...ids]]))
  let { shardIndex, cursor } = from
  for (let looked = 0; looked < accountsInPage && shardIndex < shards.length; ) {
    const shard = shards[shardIndex] as number
    const page = await ports.accounts.pageAfter(session, shard, cursor, accountsInPage)
    for (const { idNumber, language } of await recipientsIn(ports, message, shard, page.accounts, facts)) {
      const spoken = isLanguage(language) ? language : 'en'
      const ids = recipients.get(spoken) ?? []
      ids.push(idNumber)
      recipients.set(spoken, ids)
    }
    looked += page.accounts.length
    cursor = page.isLast ? '' : (page.accounts.at(-1)?.idNumber ?? cursor)
    if (page.isLast) shardIndex++
  }
  const isDone = shardIndex === shards.length
  const wave = from.waves + 1
  const { batches, left } = filled(recipients, isDone, (language, number) => ({
    scope: scopeOf(message),
    item: batchItem(wave, language, number),
    ...{ releaseId, session, language, revision: 0 },
  }))
  const planned = from.planned + batches.reduce((sum, { deliveries }) => sum + deliveries.length, 0)
  const waves = batches.length > 0 ? wave : from.waves
  return { to: { shardIndex, cursor, waves, planned, left, isDone }, batches }
}

const scopeOf = ({ releaseId, correctionId, lane }: PlanLaneMessage) => emailScope(correctionId ?? releaseId, lane)

/** For a correction, only candidates whose result it has changed. */
const recipientsIn = async (
  { results }: Pick<PlanResultEmailsPorts, 'results'>,
  { session, correctionId }: PlanLaneMessage,
  shard: number,
  accounts: readonly SessionAccount[],
  facts: EmbargoFacts,
): Promise<readonly SessionAccount[]> => {
  const wanting = accounts.filter(({ emailOptIn }) => emailOptIn)
  const [first, last] = [wanting[0], wanting.at(-1)]
  if (!first || !last) return []
  const versions = await results.versionsBetween(session, shard, first.idNumber, last.idNumber)
  const versionsById = Map.groupBy(versions, ({ idNumber }) => idNumber)
  return wanting.filter(({ idNumber }) => {
    const visible = visibleVersion(versionsById.get(idNumber) ?? [], facts)
    return visible?.state === 'final' && (correctionId === undefined || visible.sealedFor === correctionId)
  })
}

/** Full batches; at the end of the lane also one partial batch per language. */
const filled = (
  recipients: ReadonlyMap<string, readonly string[]>,
  isDone: boolean,
  headOf: (language: string, number: number) => Omit<EmailBatch, 'deliveries'>,
): { batches: readonly EmailBatch[]; left: PlanProgress['left'] } => {
  const left: Record<string, readonly string[]> = {}
  const batches = [...recipients].flatMap(([language, ids]) => {
    const count = isDone ? Math.ceil(ids.length / maxBatchSize) : Math.floor(ids.length / maxBatchSize)
    const rest = ids.slice(count * maxBatchSize)
    if (rest.length > 0) left[language] = rest
    return Array.from({ length: count }, (_, number) => ({
      ...headOf(language, number),
      deliveries: ids
        .slice(number * maxBatchSize, (number + 1) * maxBatchSize)
        .map((idNumber) => ({ idNumber, state: 'pending' as const })),
    }))
  })
  return { batches, left }
}
