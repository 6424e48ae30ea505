import type { Entry } from '../domain/entry.ts'
import type { SessionFacts } from '../domain/entry-row.ts'
import type { SealedSecretNumber } from './secret-number-seal.ts'

/** An entry as it is stored, its Secret number as keyed hash of `secretNumberText`. */
export interface StoredEntry extends Entry {
  readonly secretHash: string
}

/** An entry to be stored. */
export interface NewEntry extends StoredEntry {
  readonly secretNumber: SealedSecretNumber
}

/** The entries, as an import compares and adds to them. */
export interface ImportedEntries {
  /** Strongly consistent; IDs without an entry are absent. */
  find(idNumbers: readonly string[]): Promise<ReadonlyMap<string, StoredEntry>>
  /** What the entries of a session have in common, if there are any. */
  factsOf(session: string): Promise<SessionFacts | undefined>
  /** Never overwrites: `present` if there is an entry with this ID number. */
  add(entry: NewEntry): Promise<'added' | 'present'>
  /** Sets names and centre; `changed` unless the entry still has this session and this Secret number. */
  correct(entry: StoredEntry): Promise<'corrected' | 'changed'>
}
