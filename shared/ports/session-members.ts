import type { Entry } from '../domain/entry.ts'
import type { ResultVersion } from '../domain/result.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** A result as the index of its session shows it. */
export type SessionResult = Pick<
  ResultVersion,
  'idNumber' | 'version' | 'state' | 'digest' | 'sealedFor' | 'visibleFrom'
>

/** A registered candidate as the index of the session shows it. */
export interface SessionAccount {
  readonly idNumber: string
  readonly emailOptIn: boolean
  readonly language: string
}

/** The results of a session, read by shard in ascending order of ID; a change may take a moment to show. */
export interface SessionResults {
  /** The newest version of each ID. */
  currentInShard(session: string, shard: number): AsyncIterable<SessionResult>
  /** Every version of every ID between two, both included. */
  versionsBetween(session: string, shard: number, first: string, last: string): Promise<readonly SessionResult[]>
  /** Stamps one version so that it may be seen from the instant on. Idempotent; throws unless it is still that result. */
  seal(
    result: Pick<SessionResult, 'idNumber' | 'version' | 'digest'>,
    stamp: { readonly releaseId: string; readonly visibleFrom: EpochMilliseconds },
  ): Promise<void>
}

/** The entries of a session, read by shard; a change may take a moment to show. */
export interface SessionEntries {
  inShard(session: string, shard: number): AsyncIterable<SessionEntry>
}

/** What a plan looks at of everybody. */
export type SessionEntry = Pick<Entry, 'idNumber' | 'givenName' | 'familyName' | 'centreNumber'>

/** The registered candidates of a session, read by shard in ascending order of ID; a change may take a moment to show. */
export interface SessionAccounts {
  inShard(session: string, shard: number): AsyncIterable<SessionAccount>
  /** Up to `limit` of them that come after an ID (the empty text: from the first); `isLast` if none follow. */
  pageAfter(
    session: string,
    shard: number,
    after: string,
    limit: number,
  ): Promise<{ readonly accounts: readonly SessionAccount[]; readonly isLast: boolean }>
}
