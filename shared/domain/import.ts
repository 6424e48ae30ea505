import type { EpochMilliseconds } from './time.ts'

/** What is wrong with a field; the reason never repeats what stands in it. */
export interface FieldFault {
  readonly column: string
  readonly reason: string
}

/** A fault with its place in the file: the header is line 1, a row is where it begins. */
export interface RowFault extends FieldFault {
  readonly line: number
}

/** A row that could be read, with its place in the file. */
export interface LocatedRow<Row> {
  readonly line: number
  readonly row: Row
}

/** `waiting` for its file to be read, `applying` once it was found sound, then `applied`; or `refused` whole (R62). */
export type ImportState = 'waiting' | 'applying' | 'applied' | 'refused'

/** One import as the service remembers it (table `imports`). */
export interface ImportRecord {
  readonly importId: string
  readonly kind: 'entries' | 'results'
  readonly state: ImportState
  readonly by: string
  readonly fileName: string
  readonly createdAt: EpochMilliseconds
  /** Version of the object that was found sound; from then on no other is read. */
  readonly objectVersion?: string
  /** Sessions whose results change, in the same form. */
  readonly sessions?: readonly string[]
  readonly rows?: number
  readonly accepted?: number
}

/** What is told of a finished import. */
export interface ImportReport {
  readonly importId: string
  readonly state: 'applied' | 'refused'
  readonly rows: number
  readonly accepted: number
  /** The first `listedFaults` of them. */
  readonly errors: readonly RowFault[]
  readonly errorCount: number
}

/** So many bad rows are listed; all are counted. */
export const listedFaults = 1_000
