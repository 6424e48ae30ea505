import type { DomainEvent } from '../../../shared/contracts/events.ts'
import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import type { PlannedRelease, ReleaseState } from '../../../shared/domain/release.ts'
import { mayTake, wasOpened } from '../../../shared/domain/release-transitions.ts'
import { type EpochMilliseconds, toIso } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ImportsUnderWay } from '../../../shared/ports/imports.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { Corrections, ReleaseApprovals, ReleaseSchedules, Releases } from '../../../shared/ports/releases.ts'
import type { SessionResults } from '../../../shared/ports/session-members.ts'
import { countSession, manifestOf } from '../../../shared/protocols/session-manifest.ts'
import { scheduleRelease } from '../schedule-release.ts'

export interface ApproveReleasePorts {
  readonly releases: Pick<Releases, 'find' | 'voidPlan'>
  readonly corrections: Pick<Corrections, 'find' | 'voidPlan'>
  readonly importsUnderWay: ImportsUnderWay
  readonly approvals: ReleaseApprovals
  readonly correctionApprovals: ReleaseApprovals
  readonly schedules: ReleaseSchedules
  readonly results: Pick<SessionResults, 'currentInShard'>
  readonly templates: Pick<MailTemplates, 'digest'>
  readonly newDigest: NewDigest
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export interface Approval {
  readonly session: string
  /** The manifest of the plan that the person has seen. */
  readonly manifest: string
  readonly by: string
}

export type ApproveOutcome =
  | { readonly outcome: 'approved'; readonly release: PlannedRelease; readonly correction?: PlannedRelease }
  | { readonly outcome: 'no-such-release' | 'same-person' | 'manifest-changed' | 'too-late' }
  /** The plan may have counted a partly applied file. */
  | { readonly outcome: 'import-under-way'; readonly importId: string }
  | { readonly outcome: 'not-approvable'; readonly state: ReleaseState; readonly approvedBy?: string | undefined }

export type ApproveRelease = ReturnType<typeof approveRelease>

/**
 * The second person's approval (R63) of a release or, if that has been opened, of its correction: bound to the manifest,
 * void after any change, idempotent for the same person.
 */
export const approveRelease =
  (ports: ApproveReleasePorts) =>
  async (approval: Approval): Promise<ApproveOutcome> => {
    const { releases, corrections, approvals, correctionApprovals } = ports
    const { session } = approval
    const release = sessionPattern.test(session) ? await releases.find(session) : undefined
    if (!release) return { outcome: 'no-such-release' }
    const correction = wasOpened(release) ? await corrections.find(session) : undefined
    if (correction?.correction?.corrects !== release.releaseId) {
      return approve(ports, { rows: releases, approvals }, release, approval)
    }
    const done = await approve(ports, { rows: corrections, approvals: correctionApprovals }, correction, approval)
    return done.outcome === 'approved' ? { ...done, release, correction: done.release } : done
  }

interface Target {
  readonly rows: Pick<Releases, 'voidPlan'>
  readonly approvals: ReleaseApprovals
}

const approve = async (
  ports: ApproveReleasePorts,
  { rows, approvals }: Target,
  release: PlannedRelease,
  { session, manifest, by }: Approval,
): Promise<ApproveOutcome> => {
  const { importsUnderWay, clock, newId } = ports
  // Repeated, perhaps because the first response was lost: completes whatever was missing after the approval.
  if (isRepeat(release, manifest, by)) return scheduled(ports, release)
  if (!mayTake('approve', release)) {
    const { state, approvedBy } = release
    return { outcome: 'not-approvable', state, ...(approvedBy !== undefined && { approvedBy }) }
  }
  if (isSamePerson(release.plannedBy, by)) return { outcome: 'same-person' }
  if (manifest === voidManifest || manifest !== release.manifest) return { outcome: 'manifest-changed' }
  const now = clock.now()
  // A correction whose instant has passed happens at once.
  if (!release.correction && release.releaseAt <= now) return { outcome: 'too-late' }
  const [underWay] = await importsUnderWay.changing(session)
  if (underWay) return { outcome: 'import-under-way', importId: underWay.importId }
  if ((await recount(ports, release)) !== release.manifest) {
    await rows.voidPlan(session, release.releaseId)
    return { outcome: 'manifest-changed' }
  }
  const { releaseId } = release
  const approved = await approvals.approve(
    { session, releaseId, manifest, approvedBy: by },
    eventOf(release, newId()),
    auditOf(release, by, now, newId()),
  )
  if (approved === 'changed') return { outcome: 'manifest-changed' }
  return scheduled(ports, { ...release, state: 'approved', approvedBy: by })
}

const isRepeat = (release: PlannedRelease, manifest: string, by: string) =>
  release.state === 'approved' && release.manifest === manifest && release.approvedBy === by

/** Names are compared without letter case. */
const isSamePerson = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const recount = async (
  { results, newDigest, templates }: ApproveReleasePorts,
  { session, releaseAt, correction }: PlannedRelease,
) =>
  manifestOf(newDigest, {
    session,
    releaseAt,
    ...(correction && { correction }),
    mailTemplates: templates.digest,
    shardManifests: await countSession({ results, newDigest })(session),
  })

const scheduled = async (ports: ApproveReleasePorts, release: PlannedRelease): Promise<ApproveOutcome> => {
  await scheduleRelease(ports, release)
  return { outcome: 'approved', release }
}

const eventOf = ({ releaseId, session, correction }: PlannedRelease, eventId: string): DomainEvent =>
  correction
    ? {
        eventId,
        type: 'correction-approved',
        detail: { version: 1, correctionId: releaseId, releaseId: correction.corrects, session },
      }
    : { eventId, type: 'release-approved', detail: { version: 1, releaseId, session } }

const auditOf = (
  { session, releaseId, manifest, releaseAt, correction }: PlannedRelease,
  by: string,
  at: EpochMilliseconds,
  id: string,
) => ({
  subject: `release/${session}`,
  at,
  id,
  by,
  action: correction ? 'correction-approved' : 'release-approved',
  details: {
    releaseId,
    manifest,
    releaseAt: toIso(releaseAt),
    ...(correction && { corrects: correction.corrects, notify: String(correction.notify) }),
  },
})
