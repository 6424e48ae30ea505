import type { Entry } from '../../../shared/domain/entry.ts'
import type { ClaimableEntry } from '../../../shared/ports/entries.ts'

/** Entries in a map, as either port gives them. */
export const inMemoryEntries = (...rows: readonly ClaimableEntry[]) => {
  const byId = new Map(rows.map((row) => [row.entry.idNumber, row]))
  return {
    entries: { find: async (idNumber: string): Promise<Entry | undefined> => byId.get(idNumber)?.entry },
    claimable: { find: async (idNumber: string): Promise<ClaimableEntry | undefined> => byId.get(idNumber) },
  }
}
