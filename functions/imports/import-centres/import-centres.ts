import { type Centre, isSameCentre } from '../../../shared/domain/centre.ts'
import { centreColumns, readCentreRow } from '../../../shared/domain/centre-row.ts'
import { mapInChunks } from '../../../shared/domain/chunks.ts'
import type { ImportedCentres, StoredCentre } from '../../../shared/ports/imported-centres.ts'
import type { ImportLease } from '../../../shared/ports/imports.ts'
import { importFile } from '../../../shared/protocols/import-file.ts'
import { LeaseLost } from '../../../shared/protocols/import-lease.ts'
import type { ImportPorts, ImportSteps } from '../../../shared/protocols/import-steps.ts'

export interface ImportCentresPorts extends ImportPorts {
  readonly centres: ImportedCentres
}

export type ImportCentres = ReturnType<typeof importCentres>

type Stored = ReadonlyMap<string, StoredCentre>

/** Imports a file of exam centres (R43, R45, R62): adds new ones, updates known ones, removes none. */
export const importCentres = (ports: ImportCentresPorts) => importFile(ports, 'centres', (lease) => steps(ports, lease))

/** Concurrent writes. */
const writeConcurrency = 25

const steps = ({ centres }: ImportCentresPorts, lease: ImportLease): ImportSteps<Centre, Stored> => {
  const seen = new Set<string>()
  return {
    format: { columns: centreColumns, readRow: readCentreRow },
    maxRows: 100_000,
    sessionOf: () => undefined,
    examOf: () => undefined,
    find: (rows) => centres.find([...new Set(rows.map(({ centreNumber }) => centreNumber))]),
    async compare(page, stored) {
      const faults = page.flatMap(({ line, row: { centreNumber } }) => {
        if (seen.has(centreNumber))
          return [{ line, column: 'centre_number', reason: 'the centre number is in this file twice' }]
        seen.add(centreNumber)
        return []
      })
      const changing = page.flatMap(({ row }) => {
        const known = stored.get(row.centreNumber)
        if (known && isSameCentre(row, known)) return []
        return [{ how: known ? ('corrected' as const) : ('added' as const) }]
      })
      return { faults, changing }
    },
    announce: async () => undefined,
    async apply(rows, stored) {
      await mapInChunks(rows, writeConcurrency, async (row) => {
        const known = stored.get(row.centreNumber)
        if (known && isSameCentre(row, known)) return
        if (known && known.fencingToken > lease.fencingToken) throw new LeaseLost(lease.importId)
        const centre = { ...row, version: (known?.version ?? 0) + 1, fencingToken: lease.fencingToken }
        if ((await centres.put(centre)) === 'put') return
        // Already written by an earlier attempt that was killed before it knew.
        const present = (await centres.find([row.centreNumber])).get(row.centreNumber)
        if (!present || !isSameCentre(row, present)) throw new Error('a centre has changed during the import')
      })
    },
  }
}
