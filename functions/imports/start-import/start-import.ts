import { isPlainText } from '../../../shared/domain/fields.ts'
import type { ImportRecord } from '../../../shared/domain/import.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { ImportFiles } from '../../../shared/ports/import-files.ts'
import type { Imports } from '../../../shared/ports/imports.ts'

export interface StartImportPorts {
  readonly imports: Pick<Imports, 'create'>
  readonly files: Pick<ImportFiles, 'uploadUrl'>
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
  /** The stage of this deployment. */
  readonly stage: string
}

interface NewImport {
  readonly kind: ImportRecord['kind']
  readonly fileName: string
  /** The stage that the file is meant for. */
  readonly stage: string
  readonly by: string
}

export type StartOutcome =
  | { readonly outcome: 'started'; readonly importId: string; readonly uploadUrl: string }
  | { readonly outcome: 'malformed-file-name' }
  /** The file is meant for another stage, according to the request or the file's name. */
  | { readonly outcome: 'wrong-stage'; readonly field: 'stage' | 'fileName' }

export type StartImport = ReturnType<typeof startImport>

/** Creates an import, so that its file can be uploaded. Refuses files of another stage: rehearsals never see real files, nor prod rehearsed ones. */
export const startImport =
  ({ imports, files, clock, newId, stage }: StartImportPorts) =>
  async ({ kind, fileName, stage: meantFor, by }: NewImport): Promise<StartOutcome> => {
    if (fileName.trim() === '' || !isPlainText(fileName, 255)) return { outcome: 'malformed-file-name' }
    if (meantFor !== stage) return { outcome: 'wrong-stage', field: 'stage' }
    if (stagesNamedIn(fileName).some((named) => named !== stage)) return { outcome: 'wrong-stage', field: 'fileName' }

    const importId = newId()
    const createdAt = clock.now()
    await imports.create(
      { importId, kind, state: 'waiting', by, fileName, createdAt },
      { subject: `import/${importId}`, at: createdAt, id: newId(), by, action: 'import-started', details: { kind } },
    )
    return { outcome: 'started', importId, uploadUrl: await files.uploadUrl({ kind, importId }) }
  }

/** `entries-prod.csv` and `prod/2026-11.csv` name a stage; `products.csv` does not. */
const stagesNamedIn = (fileName: string): readonly string[] =>
  fileName.toLowerCase().match(/(?<![a-z])(dev|staging|prod)(?![a-z])/g) ?? []
