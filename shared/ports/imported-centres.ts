import type { Centre } from '../domain/centre.ts'

/** A centre as it is stored: each change is one version more. */
export interface StoredCentre extends Centre {
  readonly version: number
  /** Fencing token of the lease that wrote it. */
  readonly fencingToken: number
}

/** The directory of centres, as an import compares it and brings it up to date. */
export interface ImportedCentres {
  /** Strongly consistent; centres that the directory does not have are absent. */
  find(centreNumbers: readonly string[]): Promise<ReadonlyMap<string, StoredCentre>>
  /** Puts the centre in the place of the version before it; `present` if that has been superseded already. */
  put(centre: StoredCentre): Promise<'put' | 'present'>
}
