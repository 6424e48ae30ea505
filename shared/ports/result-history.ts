import type { ResultVersion } from '../domain/result.ts'

/** Versions of results, as an import compares and adds to them. Versions are never changed, only sealed. */
export interface ResultHistory {
  /** Newest version of each ID, strongly consistent; IDs without a result are absent. */
  newest(
    idNumbers: readonly string[],
  ): Promise<ReadonlyMap<string, Pick<ResultVersion, 'version' | 'session' | 'digest'>>>
  /** Never overwrites: `present` tells the digest of the version that is there already. */
  add(version: ResultVersion): Promise<{ outcome: 'added' } | { outcome: 'present'; digest: string }>
}
