import type { RetentionDays } from '../../../shared/contracts/messages.ts'
import { keptSince } from '../../../shared/domain/retention.ts'
import { day, type EpochMilliseconds, later, minute } from '../../../shared/domain/time.ts'
import type { CandidateRecords } from '../../../shared/ports/candidate-records.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { RetainedRecords, RetentionClass } from '../../../shared/ports/retained-records.ts'
import type { DeleteCandidate } from '../../../shared/protocols/delete-candidate.ts'

export interface ApplyRetentionPorts {
  readonly records: Pick<CandidateRecords, 'takenBefore'>
  readonly deleteCandidate: DeleteCandidate
  readonly aged: Readonly<Record<RetentionClass, RetainedRecords>>
  readonly clock: Pick<Clock, 'now'>
}

/** The outcome of one run for one class. `isComplete` is false if it ran out of time; the next daily run continues. */
export interface ClassRun {
  readonly kind: RetentionClass | 'candidates'
  readonly deleted: number
  readonly failed: number
  readonly isComplete: boolean
  /** Why the class could not be processed. */
  readonly fault?: unknown
}

export type ApplyRetention = (days: RetentionDays) => Promise<readonly ClassRun[]>

/** Concurrent deletions; a whole session falls due on one day. */
const concurrency = 20
/** Less than Lambda's limit of fifteen minutes. */
const maxRunTime = 12 * minute
/** The part of it for classes other than candidates, so that no class starves the others. */
const maxTimeForRecords = 4 * minute

/** The retention period of each class. */
const daysOf = (days: RetentionDays): Readonly<Record<RetentionClass, number>> => ({
  accountMails: days.accountMailDays,
  audit: days.auditDays,
  imports: days.importDays,
  releases: days.releaseDays,
})

/** Deletes, class by class, records past their retention period. A failing class does not block the others. */
export const applyRetention =
  ({ records, deleteCandidate, aged, clock }: ApplyRetentionPorts): ApplyRetention =>
  async (days) => {
    const now = clock.now()
    const isAfter = (end: EpochMilliseconds) => () => clock.now() >= end
    const runs: ClassRun[] = []
    for (const [kind, limit] of Object.entries(daysOf(days)) as [RetentionClass, number][]) {
      runs.push(
        await aged[kind].removeBefore(later(now, -limit * day), isAfter(later(now, maxTimeForRecords))).then(
          (run) => ({ kind, failed: 0, ...run }),
          (fault: unknown) => ({ kind, deleted: 0, failed: 1, isComplete: false, fault }),
        ),
      )
    }
    const due = records.takenBefore(keptSince(now, days.candidateDays))
    runs.push(await deleteCandidates(due, deleteCandidate, isAfter(later(now, maxRunTime))))
    return runs
  }

const deleteCandidates = async (
  idNumbers: AsyncIterable<string>,
  deleteCandidate: DeleteCandidate,
  isOver: () => boolean,
): Promise<ClassRun> => {
  const counts = { kind: 'candidates' as const, deleted: 0, failed: 0 }
  const deleteAll = async (some: readonly string[]) => {
    const settled = await Promise.allSettled(
      some.map((idNumber) => deleteCandidate(idNumber, { by: 'apply-retention', reason: 'kept-long-enough' })),
    )
    for (const one of settled) {
      if (one.status === 'rejected' || one.value === 'mail-in-flight') counts.failed++
      else if (one.value === 'deleted') counts.deleted++
    }
  }
  let some: string[] = []
  for await (const idNumber of idNumbers) {
    some.push(idNumber)
    if (some.length < concurrency) continue
    await deleteAll(some)
    some = []
    if (isOver()) return { ...counts, isComplete: false }
  }
  await deleteAll(some)
  return { ...counts, isComplete: true }
}
