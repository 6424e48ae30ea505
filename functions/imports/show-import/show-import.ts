import { madeIdPattern } from '../../../shared/domain/identifiers.ts'
import type { ImportRecord, ImportReport, RowFault } from '../../../shared/domain/import.ts'
import type { ImportReports } from '../../../shared/ports/import-files.ts'
import type { Imports } from '../../../shared/ports/imports.ts'

export interface ShowImportPorts {
  readonly imports: Pick<Imports, 'find'>
  readonly reports: Pick<ImportReports, 'read' | 'errorsUrl'>
}

export type ShowOutcome =
  | (Pick<ImportRecord, 'progress'> &
      Pick<ImportReport, 'totals' | 'changes'> & {
        readonly outcome: 'found'
        readonly state: ImportRecord['state']
        readonly rows: number
        readonly accepted: number
        readonly errors: readonly RowFault[]
        readonly errorCount?: number
        readonly errorsUrl?: string
      })
  | { readonly outcome: 'no-such-import' }

export type ShowImport = ReturnType<typeof showImport>

/** The state of an import; once it has ended, with its report. */
export const showImport =
  ({ imports, reports }: ShowImportPorts) =>
  async (importId: string): Promise<ShowOutcome> => {
    const record = madeIdPattern.test(importId) ? await imports.find(importId) : undefined
    if (!record) return { outcome: 'no-such-import' }
    const { state, rows = 0, accepted = 0, progress } = record
    if (state === 'waiting' || state === 'applying') {
      return { outcome: 'found', state, rows, accepted, errors: [], ...(progress && { progress }) }
    }
    const { errors, errorCount, totals, changes } = await reports.read(importId)
    return {
      ...{ outcome: 'found', state, rows, accepted, errors, errorCount },
      ...(totals && { totals }),
      ...(changes && { changes }),
      ...(state === 'refused' && { errorsUrl: await reports.errorsUrl(importId) }),
    }
  }
