import type { Entry } from '../domain/entry.ts'
import type { ResultPayload, ResultVersion } from '../domain/result.ts'

/** What a plan looks at beside keys; any number of IDs, read in groups. */
export interface SessionDetails {
  /** Exam, date and mode of a session by any of its entries; undefined where it has none. */
  factsOf(session: string): Promise<Pick<Entry, 'exam'> | undefined>
  payloads(results: readonly Pick<ResultVersion, 'idNumber' | 'version'>[]): Promise<readonly ResultPayload[]>
  /** ISO 3166-1 alpha-2, of the centres that the directory knows. */
  countriesOf(centreNumbers: readonly string[]): Promise<readonly string[]>
}
