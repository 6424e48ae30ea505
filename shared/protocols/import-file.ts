import type { ImportRecord, ImportReport } from '../domain/import.ts'
import { day, minute, second } from '../domain/time.ts'
import type { ImportFile } from '../ports/import-files.ts'
import type { Turn } from '../ports/imports.ts'
import { applyFile, ControlTotalsDiffer } from './apply-file.ts'
import { compareFile } from './compare-file.ts'
import { sha256Of } from './hashing.ts'
import { type Attempt, type ImportPorts, type ImportSteps, isEnded } from './import-steps.ts'
import { keepingTurn, takeTurn } from './import-turn.ts'

/** The file that was put, as the bucket's event names it. */
export interface PutFile {
  readonly importId: string
  readonly version?: string
}

/** What is left of the time of an invocation. */
export interface TimeLimit {
  remainingMilliseconds(): number
}

export type ImportOutcome =
  | { readonly outcome: 'applied' | 'refused'; readonly rows: number; readonly errorCount: number }
  | { readonly outcome: 'already-ended' }
  /** No operator started this import: the file is left to its expiry. */
  | { readonly outcome: 'unknown-import' }
  /** Another invocation goes on: the time is up, or it is another file's turn. */
  | { readonly outcome: 'handed-on'; readonly because: 'out-of-time' | 'busy' }

/** Another file of the kind has been imported for a whole day; by then the bucket has forgotten this one. */
export class ImportBusy extends Error {
  override readonly name = 'ImportBusy'
}

type StepsOf<Row, Stored> = (turn: Turn) => ImportSteps<Row, Stored>

/** Kept for what is under way, the hand-over, and the longest time that a page may take. */
const reserve = minute
const comeBackIn = 20
const unlimited: TimeLimit = { remainingMilliseconds: () => Number.POSITIVE_INFINITY }

/**
 * Imports one file, all or nothing (R62, G5): the whole file is read and compared before the first row is written; one
 * write then binds its version, hash and counts, and from that on the import can only be completed. Killed at any point,
 * it is completed by the message's next delivery; delivered again afterwards, it does nothing.
 */
export const importFile =
  <Row, Stored>(ports: ImportPorts, kind: ImportRecord['kind'], stepsOf: StepsOf<Row, Stored>) =>
  async ({ importId, version }: PutFile, limit = unlimited): Promise<ImportOutcome> => {
    const { imports, files, queue, clock } = ports
    const found = await imports.find(importId)
    if (found?.kind !== kind) return { outcome: 'unknown-import' }
    if (isEnded(found)) {
      await files.remove(found, version ?? found.objectVersion)
      return { outcome: 'already-ended' }
    }
    const put = { kind, importId, ...(version !== undefined && { version }) }
    const turn = await takeTurn(ports, put)
    if (!turn) {
      if (clock.now() - found.createdAt > day) throw new ImportBusy(`another file of ${kind} is being imported`)
      const hasHelped = await completeAbandoned(ports, stepsOf, put, limit)
      await queue.again(put, hasHelped ? 0 : comeBackIn)
      return { outcome: 'handed-on', because: 'busy' }
    }
    return inTurn(ports, turn, async () => {
      // Read again now that nobody else can change it.
      const record = await imports.find(importId)
      if (!record || isEnded(record)) return endedMeanwhile(ports, turn, record)
      const outcome = await attemptAt(attempt(ports, turn, stepsOf, limit), record, version)
      if (outcome.outcome === 'handed-on') {
        await imports.giveUpTurn(turn)
        await queue.again(put, 0)
      }
      return outcome
    })
  }

const attempt = <Row, Stored>(
  ports: ImportPorts,
  turn: Turn,
  stepsOf: StepsOf<Row, Stored>,
  limit: TimeLimit,
): Attempt<Row, Stored> => ({
  ports,
  turn,
  steps: stepsOf(turn),
  goOn: keepingTurn(ports, turn),
  hasTime: () => limit.remainingMilliseconds() > reserve,
})

const inTurn = async <Result>(ports: ImportPorts, turn: Turn, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    await ports.imports.giveUpTurn(turn)
    throw error
  }
}

const endedMeanwhile = async ({ imports }: ImportPorts, turn: Turn, record: ImportRecord | undefined) => {
  await imports.giveUpTurn(turn)
  return { outcome: record ? 'already-ended' : 'unknown-import' } as const
}

const attemptAt = async <Row, Stored>(
  attempt: Attempt<Row, Stored>,
  record: ImportRecord,
  putVersion: string | undefined,
): Promise<ImportOutcome> => {
  const { ports, turn } = attempt
  const { imports, files } = ports
  if (record.state === 'applying') return apply(attempt, record, await files.open(record, record.objectVersion))

  const file = await files.open(record, putVersion)
  const { errorsCsv, ...compared } = await compareFile(attempt, file)
  const { errorCount, rows, sessions, totals, changes } = compared
  if (errorCount > 0) {
    await ports.reports.writeErrors(turn.importId, errorsCsv)
    const { errors } = compared
    return finish(ports, turn, file.version, { state: 'refused', rows, accepted: 0, errors, errorCount })
  }
  if (changes.unchanged === rows) return finish(ports, turn, file.version, applied({ totals, changes }))
  const found = { objectVersion: file.version, sessions, rows, totals, changes }
  await imports.startApplying(turn, found)
  return apply(
    attempt,
    { ...record, ...found, progress: { phase: 'applying', rows: 0, share: 0 } },
    await files.open(record, file.version),
  )
}

const apply = async <Row, Stored>(
  attempt: Attempt<Row, Stored>,
  record: ImportRecord,
  file: ImportFile,
): Promise<ImportOutcome> => {
  const { totals, changes, objectVersion } = record
  if (!totals || !changes || !objectVersion) throw new ControlTotalsDiffer('the import is without control totals')
  if ((await applyFile(attempt, { ...record, totals }, file)) === 'out-of-time') {
    return { outcome: 'handed-on', because: 'out-of-time' }
  }
  return finish(attempt.ports, attempt.turn, objectVersion, applied({ totals, changes }))
}

const applied = ({ totals, changes }: Required<Pick<ImportReport, 'totals' | 'changes'>>) =>
  ({ state: 'applied', rows: totals.rows, accepted: totals.rows, errors: [], errorCount: 0, totals, changes }) as const

const finish = async (
  { imports, files, reports }: ImportPorts,
  turn: Turn,
  version: string,
  report: Omit<ImportReport, 'importId'>,
): Promise<ImportOutcome> => {
  const { state, rows, accepted, errorCount } = report
  // The report comes first: whoever sees the end finds it. The file goes last: as long as it is needed, it is there.
  await reports.write({ importId: turn.importId, ...report })
  await imports.finish(turn, { state, rows, accepted, objectVersion: version })
  await files.remove(turn, version)
  return { outcome: state, rows, errorCount }
}

/**
 * Where another import of the kind is half applied and nobody works on it any more, perhaps because its own file is gone:
 * if this file is that very file, by its SHA-256, the other import is completed with it. True if it has helped.
 */
const completeAbandoned = async <Row, Stored>(
  ports: ImportPorts,
  stepsOf: StepsOf<Row, Stored>,
  put: PutFile & { readonly kind: ImportRecord['kind'] },
  limit: TimeLimit,
): Promise<boolean> => {
  const { imports, files, clock, newDigest } = ports
  const abandonedId = await imports.findAbandoned(put.kind, clock.now())
  const abandoned = abandonedId === undefined ? undefined : await imports.find(abandonedId)
  if (abandoned?.state !== 'applying' || abandoned.importId === put.importId) return false
  const isSameFile = (await sha256Of(await files.open(put, put.version), newDigest())) === abandoned.totals?.sha256
  const turn = isSameFile ? await takeTurn(ports, abandoned, second) : undefined
  if (!turn) return false
  return inTurn(ports, turn, async () => {
    // Read again now that nobody else can change it.
    const record = await imports.find(abandoned.importId)
    const { outcome } =
      record?.state === 'applying'
        ? await apply(attempt(ports, turn, stepsOf, limit), record, await files.open(put, put.version))
        : await endedMeanwhile(ports, turn, record)
    if (outcome === 'handed-on') await imports.giveUpTurn(turn)
    return true
  })
}
