import type { ImportRecord, ImportReport } from '../domain/import.ts'
import { day, minute, second } from '../domain/time.ts'
import type { ImportFile } from '../ports/import-files.ts'
import type { ImportLease } from '../ports/imports.ts'
import { applyFile, ControlTotalsDiffer } from './apply-file.ts'
import { compareFile } from './compare-file.ts'
import { sha256Of } from './hashing.ts'
import { acquireLease, leaseKeeper } from './import-lease.ts'
import { type Attempt, type ImportPorts, type ImportSteps, isEnded } from './import-steps.ts'

/** The uploaded file, as the bucket's event names it. */
export interface PutFile {
  readonly importId: string
  readonly version?: string
}

/** The time that is left of an invocation. */
export interface TimeLimit {
  remainingMilliseconds(): number
}

export type ImportOutcome =
  | { readonly outcome: 'applied' | 'refused'; readonly rows: number; readonly errorCount: number }
  | { readonly outcome: 'already-ended' }
  /** No operator started this import: the file is left to its expiry. */
  | { readonly outcome: 'unknown-import' }
  /** Left to another invocation: the time is up, or another file holds the lease. */
  | { readonly outcome: 'handed-on'; readonly because: 'out-of-time' | 'busy' }

/** Another file of the kind has held the lease for a whole day; by then this file has expired in the bucket. */
export class ImportBusy extends Error {
  override readonly name = 'ImportBusy'
}

type StepsOf<Row, Stored> = (lease: ImportLease) => ImportSteps<Row, Stored>

/** Reserved at the end of an invocation for the page in progress and the hand-over. */
const reservedTime = minute
const retryAfterSeconds = 20
const unlimited: TimeLimit = { remainingMilliseconds: () => Number.POSITIVE_INFINITY }

/**
 * Imports one file, all or nothing (R62, G5): the whole file is read and compared before the first row is written. One
 * write then fixes its version, hash and counts; from then on the import can only be completed. If it is killed at any
 * point, the message's next delivery completes it; deliveries after the end do nothing.
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
    const lease = await acquireLease(ports, put)
    if (!lease) {
      if (clock.now() - found.createdAt > day) throw new ImportBusy(`another file of ${kind} is being imported`)
      const hasHelped = await completeAbandoned(ports, stepsOf, put, limit)
      await queue.again(put, hasHelped ? 0 : retryAfterSeconds)
      return { outcome: 'handed-on', because: 'busy' }
    }
    return underLease(ports, lease, async () => {
      // Read again under the lease, when nobody else can change it.
      const record = await imports.find(importId)
      if (!record || isEnded(record)) return endedMeanwhile(ports, lease, record)
      const outcome = await attemptAt(attempt(ports, lease, stepsOf, limit), record, version)
      if (outcome.outcome === 'handed-on') {
        await imports.releaseLease(lease)
        await queue.again(put, 0)
      }
      return outcome
    })
  }

const attempt = <Row, Stored>(
  ports: ImportPorts,
  lease: ImportLease,
  stepsOf: StepsOf<Row, Stored>,
  limit: TimeLimit,
): Attempt<Row, Stored> => ({
  ports,
  lease,
  steps: stepsOf(lease),
  checkpoint: leaseKeeper(ports, lease),
  hasTime: () => limit.remainingMilliseconds() > reservedTime,
})

const underLease = async <Result>(
  ports: ImportPorts,
  lease: ImportLease,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    await ports.imports.releaseLease(lease)
    throw error
  }
}

const endedMeanwhile = async ({ imports }: ImportPorts, lease: ImportLease, record: ImportRecord | undefined) => {
  await imports.releaseLease(lease)
  return { outcome: record ? 'already-ended' : 'unknown-import' } as const
}

const attemptAt = async <Row, Stored>(
  attempt: Attempt<Row, Stored>,
  record: ImportRecord,
  putVersion: string | undefined,
): Promise<ImportOutcome> => {
  const { ports, lease } = attempt
  const { imports, files } = ports
  if (record.state === 'applying') return apply(attempt, record, await files.open(record, record.objectVersion))

  const file = await files.open(record, putVersion)
  const { errorsCsv, ...compared } = await compareFile(attempt, file)
  const { errorCount, rows, sessions, totals, changes } = compared
  if (errorCount > 0) {
    await ports.reports.writeErrors(lease.importId, errorsCsv)
    const { errors } = compared
    return finish(ports, lease, file.version, { state: 'refused', rows, accepted: 0, errors, errorCount })
  }
  if (changes.unchanged === rows) return finish(ports, lease, file.version, applied({ totals, changes }))
  const found = { objectVersion: file.version, sessions, rows, totals, changes }
  await imports.startApplying(lease, found)
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
  return finish(attempt.ports, attempt.lease, objectVersion, applied({ totals, changes }))
}

const applied = ({ totals, changes }: Required<Pick<ImportReport, 'totals' | 'changes'>>) =>
  ({ state: 'applied', rows: totals.rows, accepted: totals.rows, errors: [], errorCount: 0, totals, changes }) as const

const finish = async (
  { imports, files, reports }: ImportPorts,
  lease: ImportLease,
  version: string,
  report: Omit<ImportReport, 'importId'>,
): Promise<ImportOutcome> => {
  const { state, rows, accepted, errorCount } = report
  // The report is written first, so that it exists once the end is visible. The file is deleted last, after its last use.
  await reports.write({ importId: lease.importId, ...report })
  await imports.finish(lease, { state, rows, accepted, objectVersion: version })
  await files.remove(lease, version)
  return { outcome: state, rows, errorCount }
}

/**
 * If another import of the kind is partly applied and abandoned, perhaps because its own file has expired, and this file
 * has the same SHA-256, completes the other import with it. True if it did.
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
  const lease = isSameFile ? await acquireLease(ports, abandoned, second) : undefined
  if (!lease) return false
  return underLease(ports, lease, async () => {
    // Read again under the lease, when nobody else can change it.
    const record = await imports.find(abandoned.importId)
    const { outcome } =
      record?.state === 'applying'
        ? await apply(attempt(ports, lease, stepsOf, limit), record, await files.open(put, put.version))
        : await endedMeanwhile(ports, lease, record)
    if (outcome === 'handed-on') await imports.releaseLease(lease)
    return true
  })
}
