import type { ImportedCentres, StoredCentre } from '../../../shared/ports/imported-centres.ts'

/** The directory in a map; counts the writes. */
export const inMemoryImportedCentres = () => {
  const rows = new Map<string, StoredCentre>()
  const counts = { writes: 0 }
  return {
    rows,
    counts,
    async find(centreNumbers) {
      return new Map(centreNumbers.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) as StoredCentre]] : [])))
    },
    async put(centre) {
      if ((rows.get(centre.centreNumber)?.version ?? 0) !== centre.version - 1) return 'present'
      counts.writes++
      rows.set(centre.centreNumber, centre)
      return 'put'
    },
  } satisfies ImportedCentres & Record<string, unknown>
}
