import { controlTotals, sessionCount } from '../domain/control-totals.ts'
import { csvOf } from '../domain/csv-export.ts'
import { type ControlTotals, filedFaults, listedFaults, type RowFault } from '../domain/import.ts'
import type { ImportFile } from '../ports/import-files.ts'
import { hashing } from './hashing.ts'
import type { ImportPage } from './import-rows.ts'
import { readImportPages } from './import-rows.ts'
import { type Attempt, pageConcurrency } from './import-steps.ts'
import { mapConcurrently } from './map-concurrently.ts'

/** The outcome of comparing a file: its counts, changes and faults. */
export interface Compared {
  readonly rows: number
  /** The first of them, and all as a CSV file. */
  readonly errors: readonly RowFault[]
  readonly errorCount: number
  readonly errorsCsv: string
  readonly sessions: readonly string[]
  readonly changes: { readonly added: number; readonly corrected: number; readonly unchanged: number }
  readonly totals: ControlTotals
}

/** The sessions' names and counts are stored with the import. */
const maxSessions = 1_000

/** Reads the whole file and compares each row with earlier rows and with what is stored; writes nothing. */
export const compareFile = async <Row, Stored>(
  { ports, steps, checkpoint, hasTime }: Attempt<Row, Stored>,
  file: ImportFile,
): Promise<Compared> => {
  const found = foundFaults()
  const count = sessionCount()
  const changing = new Set<string>()
  const changes = { added: 0, corrected: 0 }
  const { bytes, progress } = hashing(file, ports.newDigest())
  let rows = 0

  const pages = mapConcurrently(readImportPages(bytes, steps.format), pageConcurrency, async (page) => ({
    page,
    stored: await steps.find(page.rows.map(({ row }) => row)),
  }))
  for await (const { page, stored } of pages) {
    const compared = await steps.compare(page.rows, stored)
    for (const { row } of page.rows) count.add(steps.sessionOf(row))
    for (const { session, how } of compared.changing) {
      changes[how]++
      if (session !== undefined) changing.add(session)
    }
    rows += page.rowCount
    found.add([...page.faults, ...compared.faults].toSorted((a, b) => a.line - b.line))
    const limitFault = excess(page, { rows, maxRows: steps.maxRows, sessions: count.bySession().size, hasTime })
    if (limitFault) {
      found.add([limitFault])
      break
    }
    await checkpoint({ phase: 'comparing', rows, share: progress.share() })
  }
  return {
    ...{ rows, ...found.all(), sessions: [...changing] },
    changes: { ...changes, unchanged: count.rows() - changes.added - changes.corrected },
    totals: controlTotals(count, progress.sha256(), steps.examOf),
  }
}

/** The limit, if any, because of which the file is not read any further. */
const excess = (
  { rows: located }: ImportPage<unknown>,
  seen: { rows: number; maxRows: number; sessions: number; hasTime: () => boolean },
): RowFault | undefined => {
  const refused = (reason: string) => ({ line: located.at(-1)?.line ?? 1, column: 'file', reason })
  if (seen.rows > seen.maxRows) return refused(`more than ${seen.maxRows} rows: split the file`)
  if (seen.sessions > maxSessions) return refused(`more than ${maxSessions} sessions: split the file`)
  return seen.hasTime()
    ? undefined
    : refused('it took too long to compare the rows up to here with what is stored: import it again, or split the file')
}

const foundFaults = () => {
  const errors: RowFault[] = []
  const lines: string[] = []
  let errorCount = 0
  return {
    add(faults: readonly RowFault[]) {
      errorCount += faults.length
      if (errors.length < listedFaults) errors.push(...faults.slice(0, listedFaults - errors.length))
      for (const { line, column, reason } of faults.slice(0, filedFaults - lines.length)) {
        lines.push(csvOf([[line, column, reason]]))
      }
    },
    all() {
      const unlisted = errorCount - lines.length
      const last = unlisted > 0 ? csvOf([['', '', `and ${unlisted} more`]]) : ''
      return { errors, errorCount, errorsCsv: `${csvOf([['line', 'column', 'reason']])}${lines.join('')}${last}` }
    },
  }
}
