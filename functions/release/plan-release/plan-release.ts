import { isSealOpened } from '../../../shared/domain/embargo.ts'
import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import type { PlanFindings, SessionSummary } from '../../../shared/domain/release-preview.ts'
import { wasOpened } from '../../../shared/domain/release-transitions.ts'
import { type EpochMilliseconds, fromIso, toIso } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ImportsUnderWay } from '../../../shared/ports/imports.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { Openings, ReleasePlans } from '../../../shared/ports/releases.ts'
import { manifestOf } from '../../../shared/protocols/session-manifest.ts'
import { type Counted, type CountPorts, countForPlan } from './count-for-plan.ts'
import { type PreviewPorts, previewOf } from './preview.ts'

export interface PlanReleasePorts extends CountPorts, PreviewPorts {
  readonly openings: Openings
  readonly importsUnderWay: ImportsUnderWay
  readonly plans: ReleasePlans
  readonly correctionPlans: ReleasePlans
  readonly templates: MailTemplates
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export interface WantedPlan {
  readonly session: string
  /** May be absent for a correction, which then happens once it is approved. */
  readonly releaseAt?: string
  /** Whether candidates are mailed about a correction; must be absent for a release. */
  readonly notify?: boolean
  readonly by: string
}

export type PlanOutcome =
  | {
      readonly outcome: 'planned'
      readonly release: PlannedRelease
      readonly correction?: PlannedRelease
      readonly summary: SessionSummary
      readonly findings: PlanFindings
    }
  | { readonly outcome: 'malformed-session' | 'malformed-instant' | 'not-in-the-future' }
  /** A release requires its instant, a correction the decision whether to mail. */
  | { readonly outcome: 'instant-missing' | 'notify-missing' | 'notify-unfit' }
  | { readonly outcome: 'nothing-to-release' | 'nothing-to-correct' }
  /** It has been approved or is on hold already. */
  | { readonly outcome: 'gone-too-far' }
  /** A partly applied file would be counted. */
  | { readonly outcome: 'import-under-way'; readonly importId: string }
  | { readonly outcome: 'templates-unsound'; readonly faults: readonly string[] }

export type PlanRelease = ReturnType<typeof planRelease>

/**
 * Counts a session and plans its release or, if it has been released, a correction. Nothing visible to candidates changes
 * (R63).
 */
export const planRelease =
  (ports: PlanReleasePorts) =>
  async (asked: WantedPlan): Promise<PlanOutcome> => {
    const { releases, importsUnderWay, templates, clock } = ports
    if (!sessionPattern.test(asked.session)) return { outcome: 'malformed-session' }
    const now = clock.now()
    const releaseAt = asked.releaseAt === undefined ? undefined : fromIso(asked.releaseAt)
    if (asked.releaseAt !== undefined && releaseAt === undefined) return { outcome: 'malformed-instant' }
    if (releaseAt !== undefined && releaseAt <= now) return { outcome: 'not-in-the-future' }
    if (templates.faults.length > 0) return { outcome: 'templates-unsound', faults: templates.faults }

    const [underWay] = await importsUnderWay.changing(asked.session)
    if (underWay) return { outcome: 'import-under-way', importId: underWay.importId }

    const release = await releases.find(asked.session)
    if (release && wasOpened(release)) {
      if (asked.notify === undefined) return { outcome: 'notify-missing' }
      return planOneCorrection(ports, release, { ...asked, releaseAt: releaseAt ?? now, notify: asked.notify }, now)
    }
    if (asked.notify !== undefined) return { outcome: 'notify-unfit' }
    if (releaseAt === undefined) return { outcome: 'instant-missing' }
    return planOneRelease(ports, { ...asked, releaseAt }, now)
  }

const planOneRelease = async (
  ports: PlanReleasePorts,
  { session, releaseAt, by }: { session: string; releaseAt: EpochMilliseconds; by: string },
  now: EpochMilliseconds,
): Promise<PlanOutcome> => {
  const { plans, templates, newDigest, newId } = ports
  const counted = await countForPlan(ports, session)
  const { counts, shardManifests } = counted
  if (counts.results === 0) return { outcome: 'nothing-to-release' }
  const mailTemplates = templates.digest
  const manifest = manifestOf(newDigest, { session, releaseAt, mailTemplates, shardManifests })
  const release: PlannedRelease = {
    ...{ session, releaseId: newId(), state: 'planned', releaseAt, plannedBy: by },
    ...{ manifest, counts, shardManifests, mailTemplates },
  }
  const planned = await plans.plan(release, auditOf('release-planned', release, now, newId()))
  if (planned === 'refused') return { outcome: 'gone-too-far' }
  return { outcome: 'planned', release, ...(await foundFor(ports, release, counted)) }
}

const planOneCorrection = async (
  ports: PlanReleasePorts,
  release: PlannedRelease,
  { session, releaseAt, notify, by }: { session: string; releaseAt: EpochMilliseconds; notify: boolean; by: string },
  now: EpochMilliseconds,
): Promise<PlanOutcome> => {
  const { openings, correctionPlans, templates, newDigest, newId } = ports
  const opening = await openings.find(session)
  const counted = await countForPlan(ports, session, ({ sealedFor }) => !isSealOpened(sealedFor, opening))
  const { counts, changes, shardManifests } = counted
  if (changes === 0) return { outcome: 'nothing-to-correct' }
  const mailTemplates = templates.digest
  const correction = { corrects: release.releaseId, notify, changes }
  const manifest = manifestOf(newDigest, { session, releaseAt, mailTemplates, shardManifests, correction })
  const row: PlannedRelease = {
    ...{ session, releaseId: newId(), state: 'planned', releaseAt, plannedBy: by, correction },
    ...{ manifest, counts, shardManifests, mailTemplates },
  }
  const planned = await correctionPlans.plan(row, auditOf('correction-planned', row, now, newId()))
  if (planned === 'refused') return { outcome: 'gone-too-far' }
  return { outcome: 'planned', release, correction: row, ...(await foundFor(ports, row, counted)) }
}

/** The findings are stored only if the plan was written. */
const foundFor = async (ports: PreviewPorts, row: PlannedRelease, counted: Counted) => {
  const summary = await previewOf(ports, row, counted)
  await ports.summaries.keep(summary)
  return { summary, findings: counted.findings }
}

const auditOf = (
  action: 'release-planned' | 'correction-planned',
  { session, releaseId, releaseAt, manifest, plannedBy, counts, correction }: PlannedRelease,
  at: EpochMilliseconds,
  id: string,
) => ({
  subject: `release/${session}`,
  at,
  id,
  by: plannedBy,
  action,
  details: {
    releaseId,
    releaseAt: toIso(releaseAt),
    manifest,
    ...counts,
    ...(correction && { ...correction, notify: String(correction.notify) }),
  },
})
