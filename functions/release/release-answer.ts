import type { ReleaseAnswer } from '../../shared/contracts/operations-answers.ts'
import { type Release, sealedCount } from '../../shared/domain/release.ts'
import { toIso } from '../../shared/domain/time.ts'

/** A release as operators are told of it. */
export const releaseAnswer = (release: Release): ReleaseAnswer => {
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
  }
}
