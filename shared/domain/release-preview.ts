import type { Distribution } from './distribution.ts'
import type { LocalTime } from './local-times.ts'

/** What a plan shows beside its counts, to those who decide; numbers and sentences that name nobody. */
export interface ReleasePreview {
  /** Of the candidates who would be mailed. */
  readonly recipientsByLanguage: readonly { readonly language: string; readonly recipients: number }[]
  /** In what the session differs from earlier releases of its exam. */
  readonly outliers: readonly string[]
  /** With what it was compared. */
  readonly comparedWith: { readonly sessions: number; readonly results: number }
  readonly localTimes: readonly LocalTime[]
}

/** What is kept of a session's plan: for who approves it, and to compare later sessions with (table `summaries`). */
export interface SessionSummary {
  readonly session: string
  /** Of the release or correction that was planned. */
  readonly releaseId: string
  readonly exam: string
  readonly distribution: Distribution
  readonly preview: ReleasePreview
}

/** Candidates whom a plan lists, by ID number; the first of each kind. Shown once and kept nowhere. */
export interface PlanFindings {
  readonly entriesWithoutResult: readonly string[]
  readonly resultsWithoutEntry: readonly string[]
  /** Whom no mail could address by name. */
  readonly blankNames: readonly string[]
}

/** As many of each kind are listed. */
export const listedFindings = 20
