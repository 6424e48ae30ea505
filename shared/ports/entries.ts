import type { Entry } from '../domain/entry.ts'

/** Who sits which exam, by ID number. */
export interface Entries {
  /** Strongly consistent. */
  find(idNumber: string): Promise<Entry | undefined>
}

/** An entry with the hash of its Secret number; only for the gate. */
export interface ClaimableEntry {
  readonly entry: Entry
  /** Keyed hash of `secretNumberText`. */
  readonly secretHash: string
}

export interface ClaimableEntries {
  /** Strongly consistent. */
  find(idNumber: string): Promise<ClaimableEntry | undefined>
}
