import type { ImportRecord, ImportReport } from '../domain/import.ts'

/** One stored version of an import file. */
export interface ImportFile {
  /** Names this very content: a file that is put again is another version. */
  readonly version: string
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
  write(report: ImportReport): Promise<void>
  read(importId: string): Promise<ImportReport>
}
