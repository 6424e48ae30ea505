import { mapInChunks } from '../domain/chunks.ts'
import { shards } from '../domain/identifiers.ts'
import { manifestLine, manifestText } from '../domain/manifest.ts'
import type { NewDigest } from '../ports/digests.ts'
import type { SessionResult, SessionResults } from '../ports/session-members.ts'

/** Shards read concurrently: enough to be quick, few enough to fit in memory. */
export const shardConcurrency = 4

/** One shard's results with their hash, which a release's seals are checked against. */
export interface CountedShard {
  readonly results: readonly SessionResult[]
  readonly manifest: string
}

/** Reads the current results of one shard and hashes them. */
export const countShard =
  ({ results, newDigest }: { results: Pick<SessionResults, 'currentInShard'>; newDigest: NewDigest }) =>
  async (session: string, shard: number): Promise<CountedShard> => {
    const digest = newDigest()
    const counted: SessionResult[] = []
    for await (const result of results.currentInShard(session, shard)) {
      digest.add(manifestLine(result))
      counted.push(result)
    }
    return { results: counted, manifest: digest.hex() }
  }

/** The shards' hashes as they are now. */
export const countSession =
  (ports: Parameters<typeof countShard>[0]) =>
  (session: string): Promise<readonly string[]> =>
    mapInChunks(shards, shardConcurrency, async (shard) => (await countShard(ports)(session, shard)).manifest)

/** SHA-256 of the counted results, to which an approval is bound (R63). */
export const manifestOf = (newDigest: NewDigest, parts: Parameters<typeof manifestText>[0]): string => {
  const digest = newDigest()
  digest.add(manifestText(parts))
  return digest.hex()
}
