import { mapInGroups } from '../../../shared/domain/groups.ts'
import { shards } from '../../../shared/domain/identifiers.ts'
import type { Release } from '../../../shared/domain/release.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type {
  SessionAccounts,
  SessionEntries,
  SessionResult,
  SessionResults,
} from '../../../shared/ports/session-members.ts'
import { countShard, shardsAtOnce } from '../../../shared/protocols/session-manifest.ts'

export interface CountPorts {
  readonly results: Pick<SessionResults, 'currentInShard'>
  readonly entries: SessionEntries
  readonly accounts: Pick<SessionAccounts, 'inShard'>
  readonly newDigest: NewDigest
}

export interface Counted {
  /** Hash over the results of each shard, by shard number. */
  readonly shardManifests: readonly string[]
  readonly counts: Release['counts'] & {
    /** Results that a correction would change. */
    readonly changes: number
  }
}

/** What is told of a result: of a release every final one, of a correction whatever it changes. */
type IsChange = (result: SessionResult) => boolean

/** Counts a session as its release, or as its correction, would find it. */
export const countForPlan = async (ports: CountPorts, session: string, isChange?: IsChange): Promise<Counted> => {
  const counted = await mapInGroups(shards, shardsAtOnce, (shard) => countOne(ports, session, shard, isChange))
  const sum = (name: keyof Counted['counts']) => counted.reduce((total, { counts }) => total + counts[name], 0)
  return {
    shardManifests: counted.map(({ manifest }) => manifest),
    counts: {
      entries: sum('entries'),
      results: sum('results'),
      entriesWithoutResult: sum('entriesWithoutResult'),
      resultsWithoutEntry: sum('resultsWithoutEntry'),
      recipients: sum('recipients'),
      changes: sum('changes'),
    },
  }
}

const countOne = async (ports: CountPorts, session: string, shard: number, isChange: IsChange | undefined) => {
  const { results, manifest } = await countShard(ports)(session, shard)
  const known = new Map(results.map((result) => [result.idNumber, result]))
  const isTold = (result: SessionResult) => (isChange ? isChange(result) : result.state === 'final')
  const counts = {
    entries: 0,
    results: results.length,
    entriesWithoutResult: 0,
    resultsWithoutEntry: results.length,
    recipients: 0,
    changes: isChange ? results.filter(isChange).length : 0,
  }
  for await (const idNumber of ports.entries.idsInShard(session, shard)) {
    counts.entries++
    if (known.has(idNumber)) counts.resultsWithoutEntry--
    else counts.entriesWithoutResult++
  }
  for await (const { idNumber, emailOptIn } of ports.accounts.inShard(session, shard)) {
    const result = known.get(idNumber)
    if (emailOptIn && result && isTold(result)) counts.recipients++
  }
  return { counts, manifest }
}
