import type { ResultVersion } from '../domain/result.ts'

/** A version with the fencing token of the lease that wrote it. */
export type ImportedVersion = ResultVersion & { readonly fencingToken: number }

/** Versions of results, as an import compares and adds to them. Versions are never changed, only sealed. */
export interface ResultHistory {
  /** Newest version of each ID, strongly consistent; IDs without a result are absent. */
  newest(
    idNumbers: readonly string[],
  ): Promise<ReadonlyMap<string, Pick<ImportedVersion, 'version' | 'session' | 'digest' | 'fencingToken'>>>
  /** Adds each by itself and never overwrites; answers the digests of those versions that are there already, by ID. */
  addAll(versions: readonly ImportedVersion[]): Promise<ReadonlyMap<string, string>>
}
