import type { EpochMilliseconds } from './time.ts'

export const releaseStates = ['planned', 'approved', 'held', 'released', 'cancelled'] as const
export type ReleaseState = (typeof releaseStates)[number]

/** A release as planned and approved (table `releases`). */
export interface Release {
  readonly session: string
  readonly releaseId: string
  readonly state: ReleaseState
  readonly releaseAt: EpochMilliseconds
  readonly releasedAt?: EpochMilliseconds
  readonly plannedBy: string
  readonly approvedBy?: string
  readonly manifest: string
  readonly counts: {
    readonly entries: number
    readonly results: number
    readonly entriesWithoutResult: number
    readonly resultsWithoutEntry: number
    readonly recipients: number
  }
  /** The last hold, resume or cancel; absent if there was none. */
  readonly lastStep?: TakenStep
  /** Results sealed so far, by shard number; complete when the sum equals `counts.results`. */
  readonly sealedByShard?: Readonly<Record<string, number>>
}

/** What one person does to a release alone, without changing what was agreed to. */
export interface TakenStep {
  readonly step: 'hold' | 'resume' | 'cancel'
  readonly by: string
  readonly at: EpochMilliseconds
}

/** A release with what its approval is checked against and its seals are made from. */
export interface PlannedRelease extends Release {
  /** Only of a correction: what it changes, and whether candidates are told. */
  readonly correction?: Correction
  /** Hash over the results of each shard, by shard number. */
  readonly shardManifests: readonly string[]
  /** Digest of the mail templates that were agreed to. */
  readonly mailTemplates: string
}

/**
 * Results that differ from what was released, planned and approved as a release is (table `corrections`): `releaseId` is
 * then the correction's own id, `releaseAt` the earliest instant for it.
 */
export interface Correction {
  /** The release whose results it changes. */
  readonly corrects: string
  readonly notify: boolean
  /** Results of which another version than the newest is visible, or none. */
  readonly changes: number
}

/** That a session was opened: written once a release, by the releasing function alone (table `openings`). */
export interface Opening {
  readonly session: string
  readonly releaseId: string
  readonly releasedAt: EpochMilliseconds
  /** What has been corrected since, by the correction's id. */
  readonly corrections?: Readonly<Record<string, OpenedCorrection>>
}

/** That a correction was opened, within the opening of the release it corrects. */
export interface OpenedCorrection {
  readonly correctedAt: EpochMilliseconds
  /** Whether candidates are told by mail. */
  readonly notify: boolean
}

/** Results that carry the release's seal. */
export const sealedCount = (release: Pick<Release, 'sealedByShard'>): number =>
  Object.values(release.sealedByShard ?? {}).reduce((sum, count) => sum + count, 0)
