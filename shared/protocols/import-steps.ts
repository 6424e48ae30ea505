import type { ImportProgress, ImportRecord, LocatedRow, RowFault } from '../domain/import.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewDigest } from '../ports/digests.ts'
import type { NewId } from '../ports/ids.ts'
import type { ImportFiles, ImportQueue, ImportReports } from '../ports/import-files.ts'
import type { Imports, Turn } from '../ports/imports.ts'
import type { Pause } from '../ports/pause.ts'
import type { RowFormat } from './import-rows.ts'

/** A row that is not stored in just this form. */
export interface ChangingRow {
  readonly session?: string
  readonly how: 'added' | 'corrected'
}

/** What one kind of file does with its rows; made anew for each attempt at an import. */
export interface ImportSteps<Row, Stored> {
  readonly format: RowFormat<Row>
  /** More rows than this are refused. */
  readonly maxRows: number
  readonly sessionOf: (row: Row) => string | undefined
  /** Known for sessions whose rows have been compared. */
  readonly examOf: (session: string) => string | undefined
  /** What is stored of these rows. Asked for some pages ahead. */
  find(rows: readonly Row[]): Promise<Stored>
  /** What is wrong with sound rows beside those before them and what is stored; writes nothing. Pages come in the file's order. */
  compare(
    page: readonly LocatedRow<Row>[],
    stored: Stored,
  ): Promise<{ readonly faults: readonly RowFault[]; readonly changing: readonly ChangingRow[] }>
  /** Before the first and after the last row of these sessions is written. Idempotent. */
  announce(sessions: readonly string[]): Promise<void>
  /** Writes what is not stored in just this form, and returns when all of it is. Idempotent, never half a row. */
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

/** One attempt at an import, with the turn that it holds. */
export interface Attempt<Row, Stored> {
  readonly ports: ImportPorts
  readonly turn: Turn
  readonly steps: ImportSteps<Row, Stored>
  /** Keeps the turn and tells how far it is; throws if the turn is lost. */
  readonly goOn: (progress: ImportProgress) => Promise<void>
  /** True as long as another page can be begun and the import still be handed on after it. */
  readonly hasTime: () => boolean
}

export const isEnded = ({ state }: ImportRecord): boolean => state === 'applied' || state === 'refused'

/** Pages on their way to or from the tables at once. */
export const pageConcurrency = 4
