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

/** What was counted when the file was found sound, and has to come out the same when its rows are written (G5). */
export interface ControlTotals {
  readonly rows: number
  /** Of the object's bytes, 64 hexadecimal digits. */
  readonly sha256: string
  /** Rows by session; empty where rows have none. */
  readonly sessions: Readonly<Record<string, number>>
  /** Rows by the exam of their session, `unknown` where the service knows no entry of it. */
  readonly exams: Readonly<Record<string, number>>
}

/** What the rows of a sound file are beside what was stored. */
export interface ImportChanges {
  readonly added: number
  readonly corrected: number
  readonly unchanged: number
}

/** How far an attempt is. While `applying`, that many rows from the file's beginning on are stored for good. */
export interface ImportProgress {
  readonly phase: 'comparing' | 'applying'
  readonly rows: number
  /** Of this phase, from 0 to 1. */
  readonly share: number
}

/** One import as the service remembers it (table `imports`). */
export interface ImportRecord {
  readonly importId: string
  readonly kind: 'entries' | 'results' | 'centres'
  readonly state: ImportState
  readonly by: string
  readonly fileName: string
  readonly createdAt: EpochMilliseconds
  /** Version of the object that was found sound; from then on no other is read. */
  readonly objectVersion?: string
  /** Sessions whose rows change. */
  readonly sessions?: readonly string[]
  readonly totals?: ControlTotals
  readonly changes?: ImportChanges
  readonly progress?: ImportProgress
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
  /** Of a file that was applied. */
  readonly totals?: ControlTotals
  readonly changes?: ImportChanges
}

/** So many bad rows are listed in the report, and so many in the file of errors beside it; all are counted. */
export const listedFaults = 1_000
export const filedFaults = 100_000
