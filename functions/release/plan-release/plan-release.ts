import { mapInGroups } from '../../../shared/domain/groups.ts'
import { sessionPattern, shards } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease, Release } from '../../../shared/domain/release.ts'
import { type EpochMilliseconds, fromIso, toIso } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ImportsUnderWay } from '../../../shared/ports/imports.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { ReleasePlans } from '../../../shared/ports/releases.ts'
import type { SessionAccounts, SessionEntries, SessionResults } from '../../../shared/ports/session-members.ts'
import { countShard, manifestOf, shardsAtOnce } from '../../../shared/protocols/session-manifest.ts'

export interface PlanReleasePorts {
  readonly results: Pick<SessionResults, 'currentInShard'>
  readonly entries: SessionEntries
  readonly accounts: Pick<SessionAccounts, 'inShard'>
  readonly importsUnderWay: ImportsUnderWay
  readonly plans: ReleasePlans
  readonly templates: MailTemplates
  readonly newDigest: NewDigest
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export type PlanOutcome =
  | { readonly outcome: 'planned'; readonly release: PlannedRelease }
  | { readonly outcome: 'malformed-session' | 'malformed-instant' | 'not-in-the-future' }
  | { readonly outcome: 'nothing-to-release' }
  /** It has been approved or has happened already. */
  | { readonly outcome: 'gone-too-far' }
  /** Half a file would be counted. */
  | { readonly outcome: 'import-under-way'; readonly importId: string }
  | { readonly outcome: 'templates-unsound'; readonly faults: readonly string[] }

export type PlanRelease = ReturnType<typeof planRelease>

/** Counts a session and proposes its release; nothing that a candidate can see changes (R63). */
export const planRelease =
  (ports: PlanReleasePorts) =>
  async (asked: { session: string; releaseAt: string; by: string }): Promise<PlanOutcome> => {
    const { plans, importsUnderWay, templates, newDigest, clock, newId } = ports
    const { session, by } = asked
    if (!sessionPattern.test(session)) return { outcome: 'malformed-session' }
    const releaseAt = fromIso(asked.releaseAt)
    if (releaseAt === undefined) return { outcome: 'malformed-instant' }
    const plannedAt = clock.now()
    if (releaseAt <= plannedAt) return { outcome: 'not-in-the-future' }
    if (templates.faults.length > 0) return { outcome: 'templates-unsound', faults: templates.faults }
    const [underWay] = await importsUnderWay.changing(session)
    if (underWay) return { outcome: 'import-under-way', importId: underWay.importId }

    const { counts, shardManifests } = await count(ports, session)
    if (counts.results === 0) return { outcome: 'nothing-to-release' }
    const mailTemplates = templates.digest
    const manifest = manifestOf(newDigest, { session, releaseAt, mailTemplates, shardManifests })
    const release: PlannedRelease = {
      ...{ session, releaseId: newId(), state: 'planned', releaseAt, plannedBy: by },
      ...{ manifest, counts, shardManifests, mailTemplates },
    }
    const planned = await plans.plan(release, auditOf(release, plannedAt, newId()))
    return planned === 'planned' ? { outcome: 'planned', release } : { outcome: 'gone-too-far' }
  }

const auditOf = (
  { session, releaseId, releaseAt, manifest, plannedBy, counts }: Release,
  at: EpochMilliseconds,
  id: string,
) => ({
  subject: `release/${session}`,
  at,
  id,
  by: plannedBy,
  action: 'release-planned',
  details: { releaseId, releaseAt: toIso(releaseAt), manifest, ...counts },
})

const count = async (ports: PlanReleasePorts, session: string) => {
  const counted = await mapInGroups(shards, shardsAtOnce, (shard) => countOne(ports, session, shard))
  const sum = (name: keyof Release['counts']) => counted.reduce((total, { counts }) => total + counts[name], 0)
  return {
    shardManifests: counted.map(({ manifest }) => manifest),
    counts: {
      entries: sum('entries'),
      results: sum('results'),
      entriesWithoutResult: sum('entriesWithoutResult'),
      resultsWithoutEntry: sum('resultsWithoutEntry'),
      recipients: sum('recipients'),
    },
  }
}

const countOne = async (ports: PlanReleasePorts, session: string, shard: number) => {
  const { results, manifest } = await countShard(ports)(session, shard)
  const states = new Map(results.map(({ idNumber, state }) => [idNumber, state]))
  const counts = {
    entries: 0,
    results: results.length,
    entriesWithoutResult: 0,
    resultsWithoutEntry: results.length,
    recipients: 0,
  }
  for await (const idNumber of ports.entries.idsInShard(session, shard)) {
    counts.entries++
    if (states.has(idNumber)) counts.resultsWithoutEntry--
    else counts.entriesWithoutResult++
  }
  for await (const { idNumber, emailOptIn } of ports.accounts.inShard(session, shard)) {
    if (emailOptIn && states.get(idNumber) === 'final') counts.recipients++
  }
  return { counts, manifest }
}
