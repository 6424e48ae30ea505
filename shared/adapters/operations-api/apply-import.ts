import type { ImportKind } from '../../contracts/messages.ts'
import type { ImportAnswer } from '../../contracts/operations-answers.ts'
import { OperationRefused, type OperationsApi, ServiceUnreachable } from './operations-api.ts'

export interface ImportFile {
  readonly kind: ImportKind
  readonly fileName: string
  readonly stage: string
  readonly content: Blob
}

export interface WaitOptions {
  /** Waits for the given milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Called with every response that differs from the previous one. */
  readonly onProgress?: (answer: ImportAnswer) => void
}

/** The file was uploaded, but the import made no progress for longer than an import can pause. */
export class ImportStalled extends Error {
  override readonly name = 'ImportStalled'
}

/** The import was started, but the service stopped responding; the import itself continues. */
export class ImportStatusUnknown extends Error {
  override readonly name = 'ImportStatusUnknown'
  readonly importId: string

  constructor(importId: string, cause: ServiceUnreachable) {
    super(cause.message, { cause })
    this.importId = importId
  }
}

const firstPause = 200
const maxPause = 2_000
/** In milliseconds: longer than a function may run, so that a retry after a crash still counts as progress. */
const maxSilence = 30 * 60_000

/** In milliseconds: a failing connection is retried for this long, as an import can outlast a connection. */
const maxOutage = 60_000

/** Uploads a file and waits until it is applied or refused as a whole (R62). */
export const applyImport = async (
  api: OperationsApi,
  { content, ...file }: ImportFile,
  waiting: WaitOptions,
): Promise<ImportAnswer> => {
  const { importId, uploadUrl } = await api.startImport(file)
  await api.upload(uploadUrl, content)
  return watchImport(api, importId, waiting)
}

/** Waits until a started import is applied or refused. */
export const watchImport = async (
  api: Pick<OperationsApi, 'showImport'>,
  importId: string,
  { sleep, onProgress }: WaitOptions,
): Promise<ImportAnswer> => {
  let last: ImportAnswer | undefined
  let silence = 0
  let outage = 0
  for (let pause = firstPause; silence < maxSilence; pause = Math.min(pause * 1.5, maxPause)) {
    const answer = await showUnlessBusy(api, importId).catch((error: unknown) => {
      if (!(error instanceof ServiceUnreachable)) throw error
      outage += pause
      if (error.refused || outage > maxOutage) throw new ImportStatusUnknown(importId, error)
      return undefined
    })
    if (answer) outage = 0
    if (answer && hasMoved(answer, last)) {
      if (answer.state === 'applied' || answer.state === 'refused') return answer
      onProgress?.(answer)
      last = answer
      silence = 0
    }
    await sleep(pause)
    silence += pause
  }
  throw new ImportStalled(`The import ${importId} has not moved for ${maxSilence / 60_000} minutes.`)
}

const hasMoved = (answer: ImportAnswer, last: ImportAnswer | undefined) =>
  answer.state !== last?.state ||
  answer.rows !== last.rows ||
  answer.accepted !== last.accepted ||
  answer.progress?.phase !== last.progress?.phase ||
  answer.progress?.rows !== last.progress?.rows

/** Undefined while the service asks to retry later. */
const showUnlessBusy = async (
  api: Pick<OperationsApi, 'showImport'>,
  importId: string,
): Promise<ImportAnswer | undefined> => {
  try {
    return await api.showImport(importId)
  } catch (error) {
    if (error instanceof OperationRefused && error.code === 'try-again') return undefined
    throw error
  }
}
