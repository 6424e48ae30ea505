import { mapInChunks } from '../../../shared/domain/chunks.ts'
import { isSealOpened } from '../../../shared/domain/embargo.ts'
import { shards } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type { Corrections, Openings, Releases } from '../../../shared/ports/releases.ts'
import type { SessionResult, SessionResults } from '../../../shared/ports/session-members.ts'
import { countShard } from '../../../shared/protocols/session-manifest.ts'

export interface SealResultsPorts {
  readonly releases: Pick<Releases, 'find' | 'recordSealed' | 'voidPlan'>
  readonly corrections: Pick<Corrections, 'find' | 'recordSealed' | 'voidPlan'>
  readonly openings: Openings
  readonly results: Pick<SessionResults, 'currentInShard' | 'seal'>
  readonly newDigest: NewDigest
}

export type SealOutcome =
  | { readonly outcome: 'sealed'; readonly count: number }
  /** The release is not, or no longer, approved. */
  | { readonly outcome: 'nothing-to-seal' }
  /** The results differ from the approved ones: the plan is void. */
  | { readonly outcome: 'manifest-changed'; readonly shard: number }

export type SealResults = ReturnType<typeof sealResults>
export type SealCorrection = ReturnType<typeof sealCorrection>

/** Concurrent writes. */
const writeConcurrency = 25

/**
 * Seals exactly the results that two people agreed to, so that they can be shown from the instant on (G3). Each shard is
 * compared with the approved hash before its first result is sealed. If it is killed at any point, the next delivery
 * continues with the first shard that is not recorded.
 */
export const sealResults =
  (ports: SealResultsPorts) =>
  ({ session, releaseId }: { session: string; releaseId: string }): Promise<SealOutcome> =>
    seal(ports, ports.releases, { session, id: releaseId }, () => true)

/** The same for a correction. Results that have been visible keep their seal, and so the instant from which they were seen. */
export const sealCorrection =
  (ports: SealResultsPorts) =>
  async ({ session, correctionId }: { session: string; correctionId: string }): Promise<SealOutcome> => {
    const opening = await ports.openings.find(session)
    return seal(
      ports,
      ports.corrections,
      { session, id: correctionId },
      ({ sealedFor }) => !isSealOpened(sealedFor, opening),
    )
  }

const seal = async (
  { results, newDigest }: Pick<SealResultsPorts, 'results' | 'newDigest'>,
  rows: SealResultsPorts['releases'],
  { session, id }: { session: string; id: string },
  isToSeal: (result: SessionResult) => boolean,
): Promise<SealOutcome> => {
  const release = await rows.find(session)
  if (release?.state !== 'approved' || release.releaseId !== id) return { outcome: 'nothing-to-seal' }
  const stamp = { releaseId: id, visibleFrom: release.releaseAt }
  let count = 0
  for (const shard of shards.filter((shard) => !isRecorded(release, shard))) {
    const counted = await countShard({ results, newDigest })(session, shard)
    if (counted.manifest !== release.shardManifests[shard]) {
      await rows.voidPlan(session, id)
      return { outcome: 'manifest-changed', shard }
    }
    const toSeal = counted.results.filter(isToSeal)
    await mapInChunks(toSeal, writeConcurrency, (result) => results.seal(result, stamp))
    count += toSeal.length
    const recorded = await rows.recordSealed(release, shard, counted.results.length)
    if (recorded === 'lost') return { outcome: 'nothing-to-seal' }
  }
  return { outcome: 'sealed', count }
}

const isRecorded = ({ sealedByShard }: PlannedRelease, shard: number) => sealedByShard?.[shard] !== undefined
