import type { EntriesFacts, ImportedEntries, NewEntry } from '../../../shared/ports/imported-entries.ts'

/** Entries in a map; counts the writes. */
export const inMemoryImportedEntries = () => {
  const rows = new Map<string, NewEntry>()
  const counts = { writes: 0 }
  const find = async (idNumbers: readonly string[]) =>
    new Map(idNumbers.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) as NewEntry]] : [])))
  return {
    rows,
    counts,
    find,
    factsFor: find,
    async factsOf(session) {
      return [...rows.values()].find((row) => row.session === session)
    },
    async addAll(entries) {
      const present = new Set<string>()
      for (const entry of entries) {
        if (rows.has(entry.idNumber)) {
          present.add(entry.idNumber)
          continue
        }
        counts.writes++
        rows.set(entry.idNumber, entry)
      }
      return present
    },
    async correct(found, { givenName, familyName, centreNumber, fencingToken }) {
      const row = rows.get(found.idNumber)
      const isAsFound =
        row?.session === found.session &&
        row.secretHash === found.secretHash &&
        [found.fencingToken, fencingToken].includes(row.fencingToken)
      if (!isAsFound) return 'changed'
      counts.writes++
      rows.set(found.idNumber, { ...row, givenName, familyName, centreNumber, fencingToken })
      return 'corrected'
    },
  } satisfies ImportedEntries & EntriesFacts & Record<string, unknown>
}
