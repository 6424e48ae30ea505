import type { ResultVersion } from '../domain/result.ts'

/** Candidates' results; only `list-results` reads them for candidates. */
export interface Results {
  /** Every version, also those that may not be seen: what may is for `visibleVersion` to say. Strongly consistent. */
  versionsOf(idNumber: string): Promise<readonly ResultVersion[]>
}
