import type { ImportProgress, ImportRecord, LocatedRow, RowFault } from '../domain/import.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewDigest } from '../ports/digests.ts'
import type { NewId } from '../ports/ids.ts'
import type { ImportFiles, ImportQueue, ImportReports } from '../ports/import-files.ts'
import type { ImportLease, Imports } from '../ports/imports.ts'
import type { Pause } from '../ports/pause.ts'
import type { RowFormat } from './import-rows.ts'

/** A row that differs from what is stored. */
export interface ChangingRow {
  readonly session?: string
  readonly how: 'added' | 'corrected'
}

/** What one kind of file does with its rows; created anew for each attempt at an import. */
export interface ImportSteps<Row, Stored> {
  readonly format: RowFormat<Row>
  /** More rows than this are refused. */
  readonly maxRows: number
  readonly sessionOf: (row: Row) => string | undefined
  /** Known for sessions whose rows have been compared. */
  readonly examOf: (session: string) => string | undefined
  /** What is stored for these rows; called some pages ahead. */
  find(rows: readonly Row[]): Promise<Stored>
  /** Faults of well-formed rows against earlier rows and against what is stored; writes nothing. Called in the file's order. */
  compare(
    page: readonly LocatedRow<Row>[],
    stored: Stored,
  ): Promise<{ readonly faults: readonly RowFault[]; readonly changing: readonly ChangingRow[] }>
  /** Before the first and after the last row of these sessions is written. Idempotent. */
  announce(sessions: readonly string[]): Promise<void>
  /** Writes the rows that differ from what is stored; returns when all are written. Idempotent, atomic per row. */
  apply(rows: readonly Row[], stored: Stored): Promise<void>
}

export interface ImportPorts {
  readonly imports: Imports
  readonly files: ImportFiles
  readonly reports: ImportReports
  readonly queue: ImportQueue
  readonly newDigest: NewDigest
  readonly clock: Pick<Clock, 'now'>
  readonly pause: Pause
  readonly newId: NewId
}

/** One attempt at an import, with the lease that it holds. */
export interface Attempt<Row, Stored> {
  readonly ports: ImportPorts
  readonly lease: ImportLease
  readonly steps: ImportSteps<Row, Stored>
  /** Renews the lease and records progress; throws if the lease is lost. */
  readonly checkpoint: (progress: ImportProgress) => Promise<void>
  /** True while there is time for another page and for handing on the import after it. */
  readonly hasTime: () => boolean
}

export const isEnded = ({ state }: ImportRecord): boolean => state === 'applied' || state === 'refused'

/** Pages read from or written to the tables concurrently. */
export const pageConcurrency = 4
