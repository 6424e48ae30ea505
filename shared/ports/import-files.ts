import type { ImportRecord, ImportReport } from '../domain/import.ts'

/** One stored version of an import file. */
export interface ImportFile {
  /** Identifies this content: an overwritten file has another version. */
  readonly version: string
  readonly size: number
  readonly bytes: AsyncIterable<Uint8Array>
}

type Named = Pick<ImportRecord, 'kind' | 'importId'>

/** The files that operators upload. */
export interface ImportFiles {
  /** A presigned URL for uploading the file by PUT, valid for 15 minutes. */
  uploadUrl(file: Named): Promise<string>
  /** The named version, or the newest. Throws if there is none. */
  open(file: Named, version?: string): Promise<ImportFile>
  /** Permanently deletes the version, or the newest; idempotent. */
  remove(file: Named, version?: string): Promise<void>
}

/** The reports of imports, stored beside the files. */
export interface ImportReports {
  /** Writes the bad rows as a CSV file; called before the report is written. */
  writeErrors(importId: string, csv: string): Promise<void>
  write(report: ImportReport): Promise<void>
  read(importId: string): Promise<ImportReport>
  /** A presigned URL for downloading the bad rows, valid for 15 minutes. */
  errorsUrl(importId: string): Promise<string>
}

/** The queue through which an import continues in another invocation. */
export interface ImportQueue {
  /** Requeues the file with a delay in seconds. */
  again(file: Named & { readonly version?: string }, seconds: number): Promise<void>
}
