import type { CorrectionAnswer, ReleaseAnswer } from '../../shared/contracts/operations-answers.ts'
import { type PlannedRelease, type Release, sealedCount } from '../../shared/domain/release.ts'
import type { SessionSummary } from '../../shared/domain/release-preview.ts'
import { toIso } from '../../shared/domain/time.ts'

/** A release as operators see it, with its newest correction if there is one. */
export const releaseAnswer = (
  release: Release,
  correction?: PlannedRelease,
  summary?: SessionSummary,
): ReleaseAnswer => {
  const { session, releaseId, state, releaseAt, releasedAt, plannedBy, approvedBy, manifest, counts, lastStep } =
    release
  return {
    session,
    releaseId,
    state,
    releaseAt: toIso(releaseAt),
    ...(releasedAt !== undefined && { releasedAt: toIso(releasedAt) }),
    plannedBy,
    ...(approvedBy !== undefined && { approvedBy }),
    manifest,
    ...(lastStep && { lastStep: { ...lastStep, at: toIso(lastStep.at) } }),
    counts: { ...counts, sealed: sealedCount(release) },
    ...correctionOf(release, correction),
    ...previewOf(correction ?? release, summary),
  }
}

/** Findings of another plan do not apply. */
const previewOf = ({ releaseId }: Release, summary: SessionSummary | undefined) =>
  summary?.releaseId === releaseId ? { preview: summary.preview } : {}

/** A correction belongs to one release; those of an earlier release of the session do not count. */
const correctionOf = ({ releaseId }: Release, row: PlannedRelease | undefined): { correction?: CorrectionAnswer } => {
  if (row?.correction?.corrects !== releaseId || row.state === 'held') return {}
  const { state, releaseAt, releasedAt, plannedBy, approvedBy, manifest, counts, correction } = row
  return {
    correction: {
      correctionId: row.releaseId,
      state,
      correctAt: toIso(releaseAt),
      ...(releasedAt !== undefined && { correctedAt: toIso(releasedAt) }),
      notify: correction.notify,
      plannedBy,
      ...(approvedBy !== undefined && { approvedBy }),
      manifest,
      counts: {
        results: counts.results,
        changes: correction.changes,
        recipients: counts.recipients,
        sealed: sealedCount(row),
      },
    },
  }
}
