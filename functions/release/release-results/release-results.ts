import type { DomainEvent } from '../../../shared/contracts/events.ts'
import type { Correction, PlannedRelease } from '../../../shared/domain/release.ts'
import { sealedCount } from '../../../shared/domain/release.ts'
import { type EpochMilliseconds, later, minute, toIso } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { MailTemplates } from '../../../shared/ports/mail-templates.ts'
import type { Pause } from '../../../shared/ports/pause.ts'
import type { CorrectionOpenings, Corrections, Releases, SessionOpenings } from '../../../shared/ports/releases.ts'

export interface ReleaseResultsPorts {
  readonly releases: Pick<Releases, 'find' | 'approvedUntil'>
  readonly corrections: Pick<Corrections, 'find' | 'approvedUntil'>
  readonly openings: SessionOpenings
  readonly correctionOpenings: CorrectionOpenings
  readonly templates: MailTemplates
  readonly clock: Clock
  readonly newId: NewId
  readonly pause: Pause
}

/** Expected outcomes of a run; anything else is thrown. */
export type ReleaseOutcome =
  | {
      readonly outcome: 'released' | 'corrected'
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

/** A schedule that fires earlier than this is wrong and ignored: the sweep comes in time. */
const maxWait = 3 * minute
/** In milliseconds, with jitter: half a minute to a minute in all. */
const looksAtSealing = 120
const betweenLooks = 500
/** The sweep runs every minute, so it takes what is due within the next minute. */
const sweepAhead = minute

/**
 * Releases one session, or opens a correction of it, at the scheduled instant and never before, however often and whenever
 * the schedule fires (R61). The id is that of the release or the correction.
 */
export const releaseSession =
  (ports: ReleaseResultsPorts) =>
  async ({ session, releaseId }: { session: string; releaseId: string }): Promise<ReleaseOutcome> => {
    const release = await ports.releases.find(session)
    if (release?.releaseId === releaseId) return happen(ports, ports.releases, release)
    const correction = await ports.corrections.find(session)
    if (correction?.releaseId === releaseId) return happen(ports, ports.corrections, correction)
    return { outcome: 'not-approved', session }
  }

/** Releases everything that is due, in case a schedule was lost. A blocked release does not delay others. */
export const sweepReleases =
  (ports: ReleaseResultsPorts) => async (): Promise<readonly PromiseSettledResult<ReleaseOutcome>[]> => {
    const soon = later(ports.clock.now(), sweepAhead)
    const due = await Promise.all([ports.releases.approvedUntil(soon), ports.corrections.approvedUntil(soon)])
    return Promise.allSettled(due.flat().map(releaseSession(ports)))
  }

const happen = async (
  ports: ReleaseResultsPorts,
  rows: Pick<Releases, 'find'>,
  planned: PlannedRelease,
): Promise<ReleaseOutcome> => {
  const { session, releaseId } = planned
  if (planned.state !== 'approved') return notApproved(planned)
  if (planned.releaseAt - ports.clock.now() > maxWait) return { outcome: 'not-yet', session }
  await ports.clock.sleepUntil(planned.releaseAt)

  // Read again: it may have been voided, held or released while this slept.
  const release = await sealedRelease(ports, rows, session)
  if (release?.releaseId !== releaseId) return { outcome: 'not-approved', session }
  if (release.state !== 'approved') return notApproved(release)
  refuseUnlessReady(ports, release)
  return open(ports, rows, release)
}

/**
 * Waits for sealing to finish, if a release was approved shortly before its instant: a few seconds late is better than
 * waiting a minute for the sweep. Returns the release as it is then, sealed or not.
 */
const sealedRelease = async ({ pause }: ReleaseResultsPorts, rows: Pick<Releases, 'find'>, session: string) => {
  for (let look = 1; ; look++) {
    const release = await rows.find(session)
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
  ports: ReleaseResultsPorts,
  rows: Pick<Releases, 'find'>,
  release: PlannedRelease,
): Promise<ReleaseOutcome> => {
  const { session, releaseId } = release
  const releasedAt = ports.clock.now()
  const outcome = release.correction ? 'corrected' : 'released'
  if ((await write(ports, release, releasedAt)) === 'opened') return { outcome, session, releaseId, releasedAt }
  const now = await rows.find(session)
  return now?.releaseId === releaseId ? notApproved(now) : { outcome: 'not-approved', session }
}

const write = (
  { openings, correctionOpenings, newId }: ReleaseResultsPorts,
  release: PlannedRelease,
  at: EpochMilliseconds,
) => {
  const { session, releaseId, correction } = release
  const audit = auditOf(release, at, newId())
  return correction
    ? correctionOpenings.open({ ...release, correction }, at, correctedEvent(release, correction, at, newId()), audit)
    : openings.open({ session, releaseId, releasedAt: at }, release, releasedEvent(release, at, newId()), audit)
}

const releasedEvent = (
  { session, releaseId }: PlannedRelease,
  releasedAt: EpochMilliseconds,
  eventId: string,
): DomainEvent => ({
  eventId,
  type: 'results-released',
  detail: { version: 1, releaseId, session, releasedAt: toIso(releasedAt) },
})

const correctedEvent = (
  { session, releaseId }: PlannedRelease,
  { corrects, notify }: Correction,
  correctedAt: EpochMilliseconds,
  eventId: string,
): DomainEvent => ({
  eventId,
  type: 'results-corrected',
  detail: {
    version: 1,
    releaseId: corrects,
    session,
    correctionId: releaseId,
    notify,
    correctedAt: toIso(correctedAt),
  },
})

const auditOf = (
  { session, releaseId, manifest, releaseAt, correction }: PlannedRelease,
  at: EpochMilliseconds,
  id: string,
) => ({
  subject: `release/${session}`,
  at,
  id,
  by: 'release-results',
  action: correction ? 'results-corrected' : 'results-released',
  details: {
    releaseId,
    manifest,
    releaseAt: toIso(releaseAt),
    ...(correction && { corrects: correction.corrects, notify: String(correction.notify) }),
  },
})
