import { mapInGroups } from '../../../shared/domain/groups.ts'
import { shards } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type { Releases } from '../../../shared/ports/releases.ts'
import type { SessionResults } from '../../../shared/ports/session-members.ts'
import { countShard } from '../../../shared/protocols/session-manifest.ts'

export interface SealResultsPorts {
  readonly releases: Pick<Releases, 'find' | 'recordSealed' | 'voidPlan'>
  readonly results: Pick<SessionResults, 'currentInShard' | 'seal'>
  readonly newDigest: NewDigest
}

export type SealOutcome =
  | { readonly outcome: 'sealed'; readonly count: number }
  /** The release is not, or no longer, approved. */
  | { readonly outcome: 'nothing-to-seal' }
  /** Something else than what was approved stands there: the plan is void. */
  | { readonly outcome: 'manifest-changed'; readonly shard: number }

export type SealResults = ReturnType<typeof sealResults>

/** Writes in flight at once. */
const writesAtOnce = 25

/**
 * Stamps the results that two people agreed to, and only those, so that they may be seen from the instant on (G3).
 * Each shard is held against the hash that the approval covers before its first result is stamped. Killed at any
 * point, the next delivery goes on with the first shard that is not recorded.
 */
export const sealResults =
  ({ releases, results, newDigest }: SealResultsPorts) =>
  async ({ session, releaseId }: { session: string; releaseId: string }): Promise<SealOutcome> => {
    const release = await releases.find(session)
    if (release?.state !== 'approved' || release.releaseId !== releaseId) return { outcome: 'nothing-to-seal' }
    const stamp = { releaseId, visibleFrom: release.releaseAt }
    let count = 0
    for (const shard of shards.filter((shard) => !isRecorded(release, shard))) {
      const counted = await countShard({ results, newDigest })(session, shard)
      if (counted.manifest !== release.shardManifests[shard]) {
        await releases.voidPlan(session, releaseId)
        return { outcome: 'manifest-changed', shard }
      }
      await mapInGroups(counted.results, writesAtOnce, (result) => results.seal(result, stamp))
      count += counted.results.length
      const recorded = await releases.recordSealed(release, shard, counted.results.length)
      if (recorded === 'lost') return { outcome: 'nothing-to-seal' }
    }
    return { outcome: 'sealed', count }
  }

const isRecorded = ({ sealedByShard }: PlannedRelease, shard: number) => sealedByShard?.[shard] !== undefined
