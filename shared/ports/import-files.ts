import type { ImportRecord, ImportReport } from '../domain/import.ts'

/** One stored version of an import file. */
export interface ImportFile {
  /** Names this very content: a file that is put again is another version. */
  readonly version: string
  readonly size: number
  readonly bytes: AsyncIterable<Uint8Array>
}

type Named = Pick<ImportRecord, 'kind' | 'importId'>

/** The files that operators put. */
export interface ImportFiles {
  /** An address that takes the file by PUT for 15 minutes, without further proof. */
  uploadUrl(file: Named): Promise<string>
  /** The named version, or the newest. Throws if there is none. */
  open(file: Named, version?: string): Promise<ImportFile>
  /** Removes the version for good, or the newest; none there is fine. */
  remove(file: Named, version?: string): Promise<void>
}

/** What was found in each file, kept beside the files. */
export interface ImportReports {
  /** The bad rows as a CSV file, which is there before the report is. */
  writeErrors(importId: string, csv: string): Promise<void>
  write(report: ImportReport): Promise<void>
  read(importId: string): Promise<ImportReport>
  /** An address that gives the file of bad rows by GET for 15 minutes, without further proof. */
  errorsUrl(importId: string): Promise<string>
}

/** Where an import goes on that this invocation has no time for. */
export interface ImportQueue {
  /** Has the file imported again after so many seconds, by an invocation of its own. */
  again(file: Named & { readonly version?: string }, seconds: number): Promise<void>
}
