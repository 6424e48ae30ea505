import type { ReadinessCheck } from '../domain/readiness.ts'
import type { PlanFindings, ReleasePreview } from '../domain/release-preview.ts'

/** Answer of `GET /v1/ops/imports/{importId}` and of `ops import … --json`. */
export interface ImportAnswer {
  readonly importId: string
  /** `waiting` until the file has been put and read. */
  readonly state: 'waiting' | 'applying' | 'applied' | 'refused'
  readonly rows: number
  readonly accepted: number
  /** The first 1,000. */
  readonly errors: readonly RowError[]
  /** All of them; absent until the file has been read. */
  readonly errorCount?: number
  /** Gives every bad row of a refused file as CSV, for 15 minutes. */
  readonly errorsUrl?: string
  /** How far it is, while it is being read: `share` of the phase, from 0 to 1. */
  readonly progress?: { readonly phase: 'comparing' | 'applying'; readonly rows: number; readonly share: number }
  /** What the rows of a sound file are beside what was stored. */
  readonly changes?: { readonly added: number; readonly corrected: number; readonly unchanged: number }
  /** What was counted in a sound file, twice, and came out the same (G5). */
  readonly totals?: {
    readonly rows: number
    readonly sha256: string
    readonly sessions: Readonly<Record<string, number>>
    readonly exams: Readonly<Record<string, number>>
  }
}

/** One bad row: `line` counts from 1 at the header. */
export interface RowError {
  readonly line: number
  readonly column: string
  readonly reason: string
}

/** Answer of the release routes and of `ops release status --json`. */
export interface ReleaseAnswer {
  readonly session: string
  readonly releaseId: string
  readonly state: 'planned' | 'approved' | 'held' | 'released' | 'cancelled'
  /** ISO 8601 UTC. */
  readonly releaseAt: string
  readonly releasedAt?: string
  readonly plannedBy: string
  readonly approvedBy?: string
  /** Hash over what was counted; the approval is bound to it (R63). */
  readonly manifest: string
  /** The last hold, resume or cancel; absent if there was none. */
  readonly lastStep?: { readonly step: 'hold' | 'resume' | 'cancel'; readonly by: string; readonly at: string }
  readonly counts: ReleaseCounts
  /** The newest correction of what was released; absent if there was none. */
  readonly correction?: CorrectionAnswer
  /** What the plan has found, without naming anybody; absent if another plan has been made since. */
  readonly preview?: ReleasePreview
  /** Candidates to look at, the first of each kind; only where it has just been planned. */
  readonly findings?: PlanFindings
  /** The mail in each language; only where it has just been planned. */
  readonly samples?: readonly { readonly language: string; readonly subject: string; readonly text: string }[]
}

/** Results changed after their release; `released` once the changes are visible. */
export interface CorrectionAnswer {
  readonly correctionId: string
  readonly state: 'planned' | 'approved' | 'released' | 'cancelled'
  /** Not before this instant, and not before it is approved. ISO 8601 UTC. */
  readonly correctAt: string
  readonly correctedAt?: string
  /** Whether the candidates concerned are told by mail. */
  readonly notify: boolean
  readonly plannedBy: string
  readonly approvedBy?: string
  readonly manifest: string
  readonly counts: {
    readonly results: number
    /** Results of which candidates see another version, or none. */
    readonly changes: number
    /** Registered candidates who chose emails, among those. */
    readonly recipients: number
    /** Results that carry a seal of this correction or are visible as they are. */
    readonly sealed: number
  }
}

/** Answer of `ops readiness SESSION --json`. */
export interface ReadinessAnswer {
  readonly session: string
  /** Whether nothing fails. */
  readonly ready: boolean
  readonly checks: readonly ReadinessCheck[]
}

export interface ReleaseCounts {
  readonly entries: number
  readonly results: number
  readonly entriesWithoutResult: number
  readonly resultsWithoutEntry: number
  /** Registered candidates who chose emails, as of the plan; shown, not bound. */
  readonly recipients: number
  /** Results that carry the approved release's seal; the release waits until it equals `results`. */
  readonly sealed: number
}
