import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { applyImport } from '../../shared/adapters/operations-api/apply-import.ts'
import type { ImportKind } from '../../shared/contracts/messages.ts'
import type { ImportAnswer } from '../../shared/contracts/operations-answers.ts'
import { OpsFailure } from './surroundings.ts'
import type { Answer, Target } from './target.ts'

/** `import KIND FILE`: waits until the file is applied or refused (R62). */
export const importFile = async (target: Target, kind: ImportKind, path: string): Promise<Answer> => {
  const { stage, place, dryRun, progress, sleep, fromHere } = target
  const content = await open(fromHere(path))
  const fileName = basename(path)
  if (dryRun) {
    return {
      json: { dryRun: true, kind, fileName, bytes: content.size, stage },
      text: `Would import ${kind} from ${fileName} (${content.size} bytes) to ${place}. Nothing was sent.\n`,
    }
  }
  const onProgress = ({ state, rows }: ImportAnswer) => progress(`${fileName}: ${state}, ${rows} rows read`)
  const answer = await applyImport(await target.api(), { kind, fileName, stage, content }, { sleep, onProgress })
  return answer.state === 'applied' ? applied(answer, fileName) : refused(answer, fileName)
}

const applied = (answer: ImportAnswer, fileName: string): Answer => ({
  json: answer,
  text: `${fileName} is applied: ${answer.accepted} of ${answer.rows} rows accepted (import ${answer.importId}).\n`,
})

const refused = (answer: ImportAnswer, fileName: string): Answer => {
  const { errors, errorCount = errors.length } = answer
  const untold = errorCount - errors.length
  return {
    json: answer,
    text: [
      ...errors.map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}\n`),
      ...(untold > 0 ? [`… and ${untold} more\n`] : []),
    ].join(''),
    refusal: `${fileName} is refused as a whole and nothing was changed. Put right what is listed and import it again.`,
  }
}

const open = async (path: string): Promise<Blob> => {
  try {
    return await openAsBlob(path)
  } catch (cause) {
    throw new OpsFailure('no-such-file', `${path} cannot be read.`, { cause })
  }
}
