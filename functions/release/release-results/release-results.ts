import type { DomainEvent } from '../../../shared/contracts/events.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { sealedCount } from '../../../shared/domain/release.ts'
import { type EpochMilliseconds, later, minute, toIso } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { Pause } from '../../../shared/ports/pause.ts'
import type { Releases, SessionOpenings } from '../../../shared/ports/releases.ts'

export interface ReleaseResultsPorts {
  readonly releases: Pick<Releases, 'find' | 'approvedUntil'>
  readonly openings: SessionOpenings
  readonly templates: MailTemplates
  readonly clock: Clock
  readonly newId: NewId
  readonly pause: Pause
}

/** What firing came to; all of it is fine, whatever is not is thrown. */
export type ReleaseOutcome =
  | {
      readonly outcome: 'released'
      readonly session: string
      readonly releaseId: string
      readonly releasedAt: EpochMilliseconds
    }
  | { readonly outcome: 'already-released' | 'not-approved' | 'not-yet'; readonly session: string }

/** A release that is due but cannot happen; the schedule's retries and the sweep try it again. */
export class ReleaseBlocked extends Error {
  override readonly name = 'ReleaseBlocked'
  readonly reason: 'not-sealed' | 'mail-templates-changed' | 'mail-templates-unsound'
  readonly session: string
  constructor(session: string, reason: ReleaseBlocked['reason']) {
    super(`${session}: ${reason}`)
    this.session = session
    this.reason = reason
  }
}

export type ReleaseSession = ReturnType<typeof releaseSession>
export type SweepReleases = ReturnType<typeof sweepReleases>

/** A schedule that fires earlier than this is a mistake: the sweep comes in time. */
const longestWait = 3 * minute
/** Half a minute to a minute in all. */
const looksAtSealing = 120
const betweenLooks = 500
/** The sweep runs every minute, so it takes what is due within the next. */
const sweepAhead = minute

/** Releases one session as its schedule says: at the instant, not before, however often and whenever it fires (R61). */
export const releaseSession =
  (ports: ReleaseResultsPorts) =>
  async ({ session, releaseId }: { session: string; releaseId: string }): Promise<ReleaseOutcome> => {
    const { releases, clock } = ports
    const planned = await releases.find(session)
    if (planned?.releaseId !== releaseId) return { outcome: 'not-approved', session }
    if (planned.state !== 'approved') return notApproved(planned)
    if (planned.releaseAt - clock.now() > longestWait) return { outcome: 'not-yet', session }
    await clock.sleepUntil(planned.releaseAt)

    // Read again: it may have been voided, held or released while this slept.
    const release = await sealedRelease(ports, session)
    if (release?.releaseId !== releaseId) return { outcome: 'not-approved', session }
    if (release.state !== 'approved') return notApproved(release)
    refuseUnlessReady(ports, release)
    return open(ports, release)
  }

/** Releases whatever is due, should its own schedule be lost. One that is blocked holds up no other. */
export const sweepReleases =
  (ports: ReleaseResultsPorts) => async (): Promise<readonly PromiseSettledResult<ReleaseOutcome>[]> => {
    const due = await ports.releases.approvedUntil(later(ports.clock.now(), sweepAhead))
    return Promise.allSettled(due.map(releaseSession(ports)))
  }

/**
 * Approved shortly before the instant, a release may still be being sealed: better a little late than a minute, which
 * is when the sweep comes. As it stands then, sealed or not.
 */
const sealedRelease = async ({ releases, pause }: ReleaseResultsPorts, session: string) => {
  for (let look = 1; ; look++) {
    const release = await releases.find(session)
    const isBeingSealed = release?.state === 'approved' && sealedCount(release) < release.counts.results
    if (!isBeingSealed || look === looksAtSealing) return release
    await pause(betweenLooks)
  }
}

const notApproved = ({ session, state }: PlannedRelease): ReleaseOutcome => ({
  outcome: state === 'released' ? 'already-released' : 'not-approved',
  session,
})

const refuseUnlessReady = ({ templates }: ReleaseResultsPorts, release: PlannedRelease) => {
  const { session, counts } = release
  if (sealedCount(release) !== counts.results) throw new ReleaseBlocked(session, 'not-sealed')
  if (templates.digest !== release.mailTemplates) throw new ReleaseBlocked(session, 'mail-templates-changed')
  if (templates.faults.length > 0) throw new ReleaseBlocked(session, 'mail-templates-unsound')
}

const open = async (
  { releases, openings, clock, newId }: ReleaseResultsPorts,
  release: PlannedRelease,
): Promise<ReleaseOutcome> => {
  const { session, releaseId } = release
  const releasedAt = clock.now()
  const opened = await openings.open(
    { session, releaseId, releasedAt },
    release,
    eventOf(release, releasedAt, newId()),
    auditOf(release, releasedAt, newId()),
  )
  if (opened === 'opened') return { outcome: 'released', session, releaseId, releasedAt }
  const now = await releases.find(session)
  return now?.releaseId === releaseId ? notApproved(now) : { outcome: 'not-approved', session }
}

const eventOf = (
  { session, releaseId }: PlannedRelease,
  releasedAt: EpochMilliseconds,
  eventId: string,
): DomainEvent => ({
  eventId,
  type: 'results-released',
  detail: { version: 1, releaseId, session, releasedAt: toIso(releasedAt) },
})

const auditOf = ({ session, releaseId, manifest, releaseAt }: PlannedRelease, at: EpochMilliseconds, id: string) => ({
  subject: `release/${session}`,
  at,
  id,
  by: 'release-results',
  action: 'results-released',
  details: { releaseId, manifest, releaseAt: toIso(releaseAt) },
})
