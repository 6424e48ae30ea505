import type { Entry } from '../domain/entry.ts'
import type { SessionFacts } from '../domain/entry-row.ts'
import type { SealedSecretNumber } from './secret-number-seal.ts'

/** An entry as it is stored, its Secret number as keyed hash of `secretNumberText`. */
export interface StoredEntry extends Entry {
  readonly secretHash: string
  /** Fencing token of the lease that wrote it last. */
  readonly fencingToken: number
}

/** An entry to be stored. */
export interface NewEntry extends StoredEntry {
  readonly secretNumber: SealedSecretNumber
}

/** What an entry's session says of its exam. */
export type EntryFacts = SessionFacts & Pick<Entry, 'session'>

/** Which exam candidates sit, without who they are. */
export interface EntriesFacts {
  /** Strongly consistent; IDs without an entry are absent. */
  factsFor(idNumbers: readonly string[]): Promise<ReadonlyMap<string, EntryFacts>>
  /** What the entries of a session have in common, if there are any. */
  factsOf(session: string): Promise<SessionFacts | undefined>
}

/** The entries, as an import compares and adds to them. */
export interface ImportedEntries extends Pick<EntriesFacts, 'factsOf'> {
  /** Strongly consistent; IDs without an entry are absent. */
  find(idNumbers: readonly string[]): Promise<ReadonlyMap<string, StoredEntry>>
  /** Adds each by itself and never overwrites; answers the ID numbers of which there is an entry already. */
  addAll(entries: readonly NewEntry[]): Promise<ReadonlySet<string>>
  /** Sets names and centre; `changed` unless the entry is still as it was found. Idempotent within a lease. */
  correct(
    found: StoredEntry,
    entry: Pick<StoredEntry, 'givenName' | 'familyName' | 'centreNumber' | 'fencingToken'>,
  ): Promise<'corrected' | 'changed'>
}
