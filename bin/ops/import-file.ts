import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { applyImport, watchImport } from '../../shared/adapters/operations-api/apply-import.ts'
import type { OperationsApi } from '../../shared/adapters/operations-api/operations-api.ts'
import type { ImportKind } from '../../shared/contracts/messages.ts'
import type { ImportAnswer } from '../../shared/contracts/operations-answers.ts'
import { OpsFailure } from './environment.ts'
import { importProgress } from './import-progress.ts'
import type { CommandResult, Target } from './target.ts'

interface ImportOptions {
  /** Output file for the list of all rejected rows. */
  readonly errors?: string
}

/** `import KIND FILE`: waits until the file is applied or refused (R62). */
export const importFile = async (
  target: Target,
  kind: ImportKind,
  path: string,
  options: ImportOptions = {},
): Promise<CommandResult> => {
  const { stage, place, dryRun, sleep, resolveFromCwd } = target
  const content = await open(resolveFromCwd(path))
  const fileName = nameOf(resolveFromCwd(path))
  if (dryRun) {
    return {
      json: { dryRun: true, kind, fileName, bytes: content.size, stage },
      text: `Would import ${kind} from ${fileName} (${content.size} bytes) to ${place}. Nothing was sent.\n`,
    }
  }
  const api = await target.api()
  return toldOf(target, api, fileName, options, (onProgress) =>
    applyImport(api, { kind, fileName, stage, content }, { sleep, onProgress }),
  )
}

/** `import-status IMPORT`: the same for an import that was started before. */
export const watchStartedImport = async (
  target: Target,
  importId: string,
  options: ImportOptions = {},
): Promise<CommandResult> => {
  const api = await target.api()
  return toldOf(target, api, `import ${importId}`, options, (onProgress) =>
    watchImport(api, importId, { sleep: target.sleep, onProgress }),
  )
}

const toldOf = async (
  target: Target,
  api: OperationsApi,
  name: string,
  { errors }: ImportOptions,
  wait: (onProgress: (answer: ImportAnswer) => void) => Promise<ImportAnswer>,
): Promise<CommandResult> => {
  const progress = importProgress(name, target.progressOutput)
  const answer = await wait(progress.tell).finally(progress.end)
  if (answer.state === 'applied') return applied(answer, name)
  if (errors !== undefined && answer.errorsUrl !== undefined) {
    await save(target, errors, await api.downloadErrors(answer.errorsUrl))
  }
  return refused(answer, name, errors)
}

const applied = (answer: ImportAnswer, name: string): CommandResult => {
  const { accepted, rows, importId, changes, totals } = answer
  const exams = Object.entries(totals?.exams ?? {}).map(([exam, count]) => `${exam} ${count}`)
  return {
    json: answer,
    text: [
      `${name} is applied: ${accepted} of ${rows} rows accepted (import ${importId}).\n`,
      ...(changes
        ? [`  rows     ${changes.added} new, ${changes.corrected} corrected, ${changes.unchanged} as before\n`]
        : []),
      ...(exams.length > 0 ? [`  exams    ${exams.join(', ')}\n`] : []),
      ...(totals ? [`  SHA-256  ${totals.sha256}\n`] : []),
    ].join(''),
  }
}

const refused = (answer: ImportAnswer, name: string, savedTo: string | undefined): CommandResult => {
  const { importId, errors, errorCount = errors.length } = answer
  const untold = errorCount - errors.length
  const where = savedTo === undefined ? `: import-status ${importId} --errors=FILE saves them all` : ''
  return {
    json: answer,
    text: [
      ...errors.map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}\n`),
      ...(untold > 0 ? [`… and ${untold} more${where}\n`] : []),
    ].join(''),
    refusal: [
      `${name} is refused as a whole and nothing was changed. Put right what is listed and import it again.`,
      ...(savedTo === undefined ? [] : [`All errors are listed in ${savedTo}.`]),
    ].join('\n'),
  }
}

/** The file name, prefixed with its folder if that names a stage, so that the service can check the stage. */
const nameOf = (path: string): string => {
  const folder = basename(dirname(path))
  return /(?<![a-z])(dev|staging|prod)(?![a-z])/i.test(folder) ? `${folder}/${basename(path)}` : basename(path)
}

const open = async (path: string): Promise<Blob> => {
  try {
    if (!(await stat(path)).isFile()) throw new Error('no file')
    return await openAsBlob(path)
  } catch (cause) {
    throw new OpsFailure('no-such-file', `${path} cannot be read: is it there, and is it a file?`, { cause })
  }
}

const save = async ({ resolveFromCwd, writeFile }: Target, path: string, content: string): Promise<void> => {
  try {
    await writeFile(resolveFromCwd(path), content)
  } catch (cause) {
    throw new OpsFailure('cannot-write', `${path} cannot be written.`, { cause })
  }
}
