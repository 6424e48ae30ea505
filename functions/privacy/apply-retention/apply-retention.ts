import { keptSince } from '../../../shared/domain/retention.ts'
import { later, minute } from '../../../shared/domain/time.ts'
import type { CandidateRecords } from '../../../shared/ports/candidate-records.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { DeleteCandidate } from '../../../shared/protocols/delete-candidate.ts'

export interface ApplyRetentionPorts {
  readonly records: Pick<CandidateRecords, 'takenBefore'>
  readonly deleteCandidate: DeleteCandidate
  readonly clock: Pick<Clock, 'now'>
}

/** What one run came to. `isComplete` is false where it ran out of time; the next day's run goes on. */
export interface RetentionRun {
  readonly deleted: number
  readonly failed: number
  readonly isComplete: boolean
}

export type ApplyRetention = (limits: { readonly candidateDays: number }) => Promise<RetentionRun>

/** At the same time; a whole session falls due on one day. */
const atOnce = 20
/** Of the fifteen minutes that a function has. */
const longestRun = 12 * minute

/** Deletes the candidates whose exam lies further back than they are kept. One that fails holds up no other. */
export const applyRetention =
  ({ records, deleteCandidate, clock }: ApplyRetentionPorts): ApplyRetention =>
  async ({ candidateDays }) => {
    const end = later(clock.now(), longestRun)
    const counts = { deleted: 0, failed: 0 }
    const deleteAll = async (idNumbers: readonly string[]) => {
      const settled = await Promise.allSettled(
        idNumbers.map((idNumber) => deleteCandidate(idNumber, { by: 'apply-retention', reason: 'kept-long-enough' })),
      )
      for (const one of settled) {
        if (one.status === 'rejected' || one.value === 'mail-in-flight') counts.failed++
        else if (one.value === 'deleted') counts.deleted++
      }
    }

    let due: string[] = []
    for await (const idNumber of records.takenBefore(keptSince(clock.now(), candidateDays))) {
      due.push(idNumber)
      if (due.length < atOnce) continue
      await deleteAll(due)
      due = []
      if (clock.now() >= end) return { ...counts, isComplete: false }
    }
    await deleteAll(due)
    return { ...counts, isComplete: true }
  }
