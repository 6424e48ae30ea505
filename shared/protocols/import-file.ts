import { type ImportRecord, type ImportReport, type LocatedRow, listedFaults, type RowFault } from '../domain/import.ts'
import { later, minute, second } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewId } from '../ports/ids.ts'
import type { ImportFiles, ImportReports } from '../ports/import-files.ts'
import type { Imports, Turn } from '../ports/imports.ts'
import type { Pause } from '../ports/pause.ts'
import { type RowFormat, readImportPages } from './import-rows.ts'

/** What one kind of file does with its rows; made anew for each attempt at an import. */
export interface ImportSteps<Row> {
  readonly format: RowFormat<Row>
  /** What is wrong with sound rows beside those before them and what is stored; writes nothing. */
  compare(page: readonly LocatedRow<Row>[]): Promise<{
    readonly faults: readonly RowFault[]
    /** Sessions of rows that are not stored in just this form. */
    readonly changing: readonly string[]
  }>
  /** Before the first and after the last row of these sessions is written. Idempotent. */
  announce(sessions: readonly string[]): Promise<void>
  /** Writes what is not stored in just this form. Idempotent, never half a row. */
  apply(rows: readonly Row[]): Promise<void>
}

export interface ImportPorts {
  readonly imports: Imports
  readonly files: ImportFiles
  readonly reports: ImportReports
  readonly clock: Pick<Clock, 'now'>
  readonly pause: Pause
  readonly newId: NewId
}

/** The file that was put, as the bucket's event names it. */
export interface PutFile {
  readonly importId: string
  readonly version?: string
}

export type ImportOutcome =
  | { readonly outcome: 'applied' | 'refused'; readonly rows: number; readonly errorCount: number }
  | { readonly outcome: 'already-ended' }
  /** No operator started this import: the file is left to its expiry. */
  | { readonly outcome: 'unknown-import' }

/** Another file of the kind is being imported for longer than this attempt could wait; the queue brings the message again. */
export class ImportBusy extends Error {
  override readonly name = 'ImportBusy'
}

/** Another attempt at this import has taken over. */
export class TurnLost extends Error {
  override readonly name = 'TurnLost'
}

/** A turn outlives the longest page and is short enough that a crash holds up the next attempt for a minute only. */
const turnFor = minute
const longestWait = 2 * minute

/**
 * Imports one file, all or nothing (R62, G5): the whole file is read and compared before the first row is written, and
 * from then on the import can only be completed. Killed at any point, it is completed by the message's next delivery;
 * delivered again afterwards, it does nothing.
 */
export const importFile =
  <Row>(ports: ImportPorts, kind: ImportRecord['kind'], stepsOf: (turn: Turn) => ImportSteps<Row>) =>
  async ({ importId, version }: PutFile): Promise<ImportOutcome> => {
    const { imports, files, clock, newId } = ports
    const found = await imports.find(importId)
    if (found?.kind !== kind) return { outcome: 'unknown-import' }
    if (hasEnded(found)) {
      await files.remove(found, version ?? found.objectVersion)
      return { outcome: 'already-ended' }
    }
    const turn = await takeTurn(ports, { kind, importId, attempt: newId(), until: later(clock.now(), turnFor) })
    try {
      return await inTurn(ports, turn, stepsOf(turn), version)
    } catch (error) {
      await imports.giveUpTurn(turn)
      throw error
    }
  }

const hasEnded = ({ state }: ImportRecord) => state === 'applied' || state === 'refused'

const takeTurn = async ({ imports, clock, pause }: ImportPorts, wanted: Turn): Promise<Turn> => {
  for (let waited = 0; waited <= longestWait; waited += second) {
    const now = clock.now()
    const turn = { ...wanted, until: later(now, turnFor) }
    if ((await imports.takeTurn(turn, now)) === 'taken') return turn
    await pause(second)
  }
  throw new ImportBusy(`another file of ${wanted.kind} is being imported`)
}

const inTurn = async <Row>(
  ports: ImportPorts,
  turn: Turn,
  steps: ImportSteps<Row>,
  putVersion: string | undefined,
): Promise<ImportOutcome> => {
  const { imports, files } = ports
  // Read again now that nobody else can change it.
  const record = await imports.find(turn.importId)
  if (!record || hasEnded(record)) return endedMeanwhile(ports, turn, record)
  if (record.state === 'applying') return apply(ports, turn, record, steps)

  const { version, bytes } = await files.open(record, putVersion)
  const seen = await examine(ports, turn, steps, bytes)
  if (seen.errorCount > 0) return finish(ports, turn, version, { ...seen, state: 'refused', accepted: 0 })
  const sessions = [...seen.sessions]
  if (!seen.hasChanges) return finish(ports, turn, version, { ...seen, state: 'applied', accepted: seen.rows })
  await imports.startApplying(turn, { objectVersion: version, sessions, rows: seen.rows })
  return apply(ports, turn, { ...record, objectVersion: version, sessions, rows: seen.rows }, steps)
}

const endedMeanwhile = async ({ imports }: ImportPorts, turn: Turn, record: ImportRecord | undefined) => {
  await imports.giveUpTurn(turn)
  return { outcome: record ? 'already-ended' : 'unknown-import' } as const
}

interface Examined {
  rows: number
  readonly errors: RowFault[]
  errorCount: number
  hasChanges: boolean
  readonly sessions: Set<string>
}

const examine = async <Row>(
  ports: ImportPorts,
  turn: Turn,
  steps: ImportSteps<Row>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Examined> => {
  const seen: Examined = { rows: 0, errors: [], errorCount: 0, hasChanges: false, sessions: new Set() }
  const keep = keepingTurn(ports, turn)
  for await (const page of readImportPages(bytes, steps.format)) {
    await keep()
    const compared = await steps.compare(page.rows)
    const faults = [...page.faults, ...compared.faults].toSorted((a, b) => a.line - b.line)
    seen.rows += page.rowCount
    seen.errors.push(...faults.slice(0, listedFaults - seen.errors.length))
    seen.errorCount += faults.length
    seen.hasChanges ||= compared.changing.length > 0
    for (const session of compared.changing) seen.sessions.add(session)
  }
  return seen
}

const apply = async <Row>(
  ports: ImportPorts,
  turn: Turn,
  record: ImportRecord,
  steps: ImportSteps<Row>,
): Promise<ImportOutcome> => {
  const { rows = 0, sessions = [], objectVersion } = record
  const keep = keepingTurn(ports, turn)
  // Before: nobody goes on with what was agreed to earlier. After: nobody has counted half a file meanwhile.
  await steps.announce(sessions)
  const { version, bytes } = await ports.files.open(record, objectVersion)
  for await (const page of readImportPages(bytes, steps.format)) {
    await keep()
    await steps.apply(page.rows.map(({ row }) => row))
  }
  await steps.announce(sessions)
  return finish(ports, turn, version, { state: 'applied', rows, accepted: rows, errors: [], errorCount: 0 })
}

const finish = async (
  { imports, files, reports }: ImportPorts,
  turn: Turn,
  version: string,
  { state, rows, accepted, errors, errorCount }: Omit<ImportReport, 'importId'>,
): Promise<ImportOutcome> => {
  // The report comes first: whoever sees the end finds it. The file goes last: as long as it is needed, it is there.
  await reports.write({ importId: turn.importId, state, rows, accepted, errors, errorCount })
  await imports.finish(turn, { state, rows, accepted, objectVersion: version })
  await files.remove(turn, version)
  return { outcome: state, rows, errorCount }
}

/** Moves the turn's end in good time before it lapses; throws if it has been lost. */
const keepingTurn = ({ imports, clock }: ImportPorts, turn: Turn) => {
  let until = turn.until
  return async () => {
    const now = clock.now()
    if (until - now > turnFor / 2) return
    until = later(now, turnFor)
    if ((await imports.keepTurn({ ...turn, until })) === 'lost') throw new TurnLost(turn.importId)
  }
}
