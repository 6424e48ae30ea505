import type { ImportedEntries, NewEntry } from '../../../shared/ports/imported-entries.ts'

/** Entries in a map; counts the writes. */
export const inMemoryImportedEntries = () => {
  const rows = new Map<string, NewEntry>()
  const counts = { writes: 0 }
  return {
    rows,
    counts,
    async find(idNumbers) {
      return new Map(idNumbers.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) as NewEntry]] : [])))
    },
    async factsOf(session) {
      return [...rows.values()].find((row) => row.session === session)
    },
    async add(entry) {
      if (rows.has(entry.idNumber)) return 'present'
      counts.writes++
      rows.set(entry.idNumber, entry)
      return 'added'
    },
    async correct({ idNumber, session, secretHash, givenName, familyName, centreNumber }) {
      const row = rows.get(idNumber)
      if (row?.session !== session || row.secretHash !== secretHash) return 'changed'
      counts.writes++
      rows.set(idNumber, { ...row, givenName, familyName, centreNumber })
      return 'corrected'
    },
  } satisfies ImportedEntries & Record<string, unknown>
}
