import type { DomainEvent } from '../contracts/events.ts'
import type { AuditEntry } from '../domain/audit.ts'
import type { Correction, Opening, PlannedRelease, TakenStep } from '../domain/release.ts'
import type { ReleaseStep } from '../domain/release-transitions.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** Releases by session; one at a time each. */
export interface Releases {
  /** Strongly consistent. */
  find(session: string): Promise<PlannedRelease | undefined>
  /** Approved ones whose instant is not after this one. */
  approvedUntil(instant: EpochMilliseconds): Promise<readonly PlannedRelease[]>
  /**
   * Takes back what was agreed to, since what was counted has changed; only of this release, if one is named. Does
   * nothing where nothing is planned, approved or held, or where the session has been opened.
   */
  voidPlan(session: string, releaseId?: string): Promise<'voided' | 'nothing-to-void'>
  /** Notes how many results of a shard carry the seal; `lost` if the release is not approved any more. */
  recordSealed(
    release: Pick<PlannedRelease, 'session' | 'releaseId'>,
    shard: number,
    count: number,
  ): Promise<'recorded' | 'lost'>
}

/** What people decide about a release. Each is atomic with its line in the audit trail. */
export interface ReleasePlans {
  /** `refused` where the session's release has gone too far to be planned again. */
  plan(release: PlannedRelease, audit: AuditEntry): Promise<'planned' | 'refused'>
}

/** Corrections by session, one at a time each. They are found, voided and sealed as releases are. */
export type Corrections = Releases

export interface ReleaseApprovals {
  /** `changed` unless the very plan (release and manifest) is still there, planned. Tells the event in the same write. */
  approve(
    approval: Pick<PlannedRelease, 'session' | 'releaseId' | 'manifest'> & { readonly approvedBy: string },
    event: DomainEvent,
    audit: AuditEntry,
  ): Promise<'approved' | 'changed'>
}

/** What one person may do alone: stop, let go on, end. Atomic with its line in the audit trail. */
export interface ReleaseSteps {
  /** `refused` unless this very release may take the step as it stands. Tells the events, if there are any, in the same write. */
  take(
    step: Extract<ReleaseStep, 'hold' | 'resume' | 'resume-opened' | 'cancel'>,
    release: Pick<PlannedRelease, 'session' | 'releaseId'>,
    taken: TakenStep,
    audit: AuditEntry,
    events?: readonly DomainEvent[],
  ): Promise<'taken' | 'refused'>
}

/** The second gate's key: nothing but `release-results` holds it. */
export interface SessionOpenings {
  /** Opens the session, marks the release as released and tells the event, all or nothing; `refused` unless it is approved as named. */
  open(
    opening: Opening,
    release: Pick<PlannedRelease, 'manifest'>,
    event: DomainEvent,
    audit: AuditEntry,
  ): Promise<'opened' | 'refused'>
}

/** The same key for a correction. */
export interface CorrectionOpenings {
  /**
   * Adds the correction to the opening of the release it corrects, marks it as released and tells the event, all or
   * nothing; `refused` unless it is approved as named and the session was opened for that release.
   */
  open(
    correction: PlannedRelease & { readonly correction: Correction },
    correctedAt: EpochMilliseconds,
    event: DomainEvent,
    audit: AuditEntry,
  ): Promise<'opened' | 'refused'>
}

/** Which sessions are open. */
export interface Openings {
  /** Strongly consistent. */
  find(session: string): Promise<Opening | undefined>
}

/** One-time alarms that call `release-results`. */
export interface ReleaseSchedules {
  /** Idempotent by release and instant. Precise to a minute, so it is set early; a lost one is made up for by the sweep. */
  schedule(release: Pick<PlannedRelease, 'session' | 'releaseId'>, at: EpochMilliseconds): Promise<void>
}
