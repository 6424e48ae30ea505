import { mapInGroups } from '../../../shared/domain/groups.ts'
import type { LocatedRow, RowFault } from '../../../shared/domain/import.ts'
import { resultDigestText } from '../../../shared/domain/result-digest.ts'
import { type ResultRow, readResultRow, resultColumns } from '../../../shared/domain/result-row.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type { Releases } from '../../../shared/ports/releases.ts'
import type { ResultHistory } from '../../../shared/ports/result-history.ts'
import { type ImportPorts, type ImportSteps, importFile } from '../../../shared/protocols/import-file.ts'

export interface ImportResultsPorts extends ImportPorts {
  readonly results: ResultHistory
  readonly releases: Pick<Releases, 'voidPlan'>
  readonly newDigest: NewDigest
}

export type ImportResults = ReturnType<typeof importResults>

/**
 * Imports a file of results (R62): what differs from the newest version becomes the next one, without a seal and so
 * hidden. What two people agreed to for its session is void (R63).
 */
export const importResults = (ports: ImportResultsPorts) => importFile(ports, 'results', () => steps(ports))

/** Writes in flight at once. */
const writesAtOnce = 25

const steps = ({ results, releases, newDigest }: ImportResultsPorts): ImportSteps<ResultRow> => {
  const seenIds = new Set<string>()

  const digestOf = (row: ResultRow) => {
    const digest = newDigest()
    digest.add(resultDigestText(row))
    return digest.hex()
  }

  const faultsOf = ({ line, row }: LocatedRow<ResultRow>, knownSession: string | undefined): RowFault[] => {
    if (seenIds.has(row.idNumber)) {
      return [{ line, column: 'id_number', reason: 'the ID number is in this file twice' }]
    }
    seenIds.add(row.idNumber)
    return knownSession === undefined || knownSession === row.session
      ? []
      : [{ line, column: 'session', reason: 'the ID number has a result in another session' }]
  }

  const newestOf = (rows: readonly ResultRow[]) => results.newest([...new Set(rows.map(({ idNumber }) => idNumber))])

  return {
    format: { columns: resultColumns, readRow: readResultRow },
    async compare(page) {
      const newest = await newestOf(page.map(({ row }) => row))
      return {
        faults: page.flatMap((located) => faultsOf(located, newest.get(located.row.idNumber)?.session)),
        changing: page
          .filter(({ row }) => newest.get(row.idNumber)?.digest !== digestOf(row))
          .map(({ row }) => row.session),
      }
    },
    async announce(sessions) {
      for (const session of sessions) await releases.voidPlan(session)
    },
    async apply(rows) {
      const newest = await newestOf(rows)
      await mapInGroups(rows, writesAtOnce, async (row) => {
        const known = newest.get(row.idNumber)
        const digest = digestOf(row)
        if (known?.digest === digest) return
        const added = await results.add({ ...row, version: (known?.version ?? 0) + 1, digest })
        if (added.outcome === 'present' && added.digest !== digest) {
          throw new Error('another version of a result has appeared during the import')
        }
      })
    },
  }
}
