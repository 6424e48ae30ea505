import type { DomainEvent } from '../../../shared/contracts/events.ts'
import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import type { PlannedRelease, ReleaseState } from '../../../shared/domain/release.ts'
import { mayTake } from '../../../shared/domain/release-transitions.ts'
import { type EpochMilliseconds, toIso } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ImportsUnderWay } from '../../../shared/ports/imports.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { ReleaseApprovals, ReleaseSchedules, Releases } from '../../../shared/ports/releases.ts'
import type { SessionResults } from '../../../shared/ports/session-members.ts'
import { countSession, manifestOf } from '../../../shared/protocols/session-manifest.ts'
import { scheduleRelease } from '../schedule-release.ts'

export interface ApproveReleasePorts {
  readonly releases: Pick<Releases, 'find' | 'voidPlan'>
  readonly importsUnderWay: ImportsUnderWay
  readonly approvals: ReleaseApprovals
  readonly schedules: ReleaseSchedules
  readonly results: Pick<SessionResults, 'currentInShard'>
  readonly templates: Pick<MailTemplates, 'digest'>
  readonly newDigest: NewDigest
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

export interface Approval {
  readonly session: string
  /** Of the plan that the person has looked at. */
  readonly manifest: string
  readonly by: string
}

export type ApproveOutcome =
  | { readonly outcome: 'approved'; readonly release: PlannedRelease }
  | { readonly outcome: 'no-such-release' | 'same-person' | 'manifest-changed' | 'too-late' }
  /** Half a file may have been counted, before it was known that it is one. */
  | { readonly outcome: 'import-under-way'; readonly importId: string }
  | { readonly outcome: 'not-approvable'; readonly state: ReleaseState }

export type ApproveRelease = ReturnType<typeof approveRelease>

/** The second person's word (R63): bound to the manifest, void after any change, repeatable by the same person. */
export const approveRelease =
  (ports: ApproveReleasePorts) =>
  async ({ session, manifest, by }: Approval): Promise<ApproveOutcome> => {
    const { releases, importsUnderWay, approvals, clock, newId } = ports
    const release = sessionPattern.test(session) ? await releases.find(session) : undefined
    if (!release) return { outcome: 'no-such-release' }
    // Said twice, or the first answer was lost: whatever was missing after the approval is made up for.
    if (isRepeat(release, manifest, by)) return scheduled(ports, release)
    if (!mayTake('approve', release)) return { outcome: 'not-approvable', state: release.state }
    if (isSamePerson(release.plannedBy, by)) return { outcome: 'same-person' }
    if (manifest === voidManifest || manifest !== release.manifest) return { outcome: 'manifest-changed' }
    const now = clock.now()
    if (release.releaseAt <= now) return { outcome: 'too-late' }
    const [underWay] = await importsUnderWay.changing(session)
    if (underWay) return { outcome: 'import-under-way', importId: underWay.importId }
    if ((await recount(ports, release)) !== release.manifest) {
      await releases.voidPlan(session, release.releaseId)
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

/** A person is one person however they spell their name. */
const isSamePerson = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const recount = async (
  { results, newDigest, templates }: ApproveReleasePorts,
  { session, releaseAt }: PlannedRelease,
) =>
  manifestOf(newDigest, {
    session,
    releaseAt,
    mailTemplates: templates.digest,
    shardManifests: await countSession({ results, newDigest })(session),
  })

const scheduled = async (ports: ApproveReleasePorts, release: PlannedRelease): Promise<ApproveOutcome> => {
  await scheduleRelease(ports, release)
  return { outcome: 'approved', release }
}

const eventOf = ({ releaseId, session }: PlannedRelease, eventId: string): DomainEvent => ({
  eventId,
  type: 'release-approved',
  detail: { version: 1, releaseId, session },
})

const auditOf = (
  { session, releaseId, manifest, releaseAt }: PlannedRelease,
  by: string,
  at: EpochMilliseconds,
  id: string,
) => ({
  subject: `release/${session}`,
  at,
  id,
  by,
  action: 'release-approved',
  details: { releaseId, manifest, releaseAt: toIso(releaseAt) },
})
