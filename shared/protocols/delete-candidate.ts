import type { CandidateRecords } from '../ports/candidate-records.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewId } from '../ports/ids.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'

export interface DeleteCandidatePorts {
  readonly records: Pick<CandidateRecords, 'remove'>
  /** Makes the pseudonym under which the audit trail still knows that somebody was deleted. */
  readonly pseudonymHash: KeyedHash
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

/** Who deletes and why; both stand in the audit trail. */
export interface Deletion {
  /** The person, or the function where nobody acted. */
  readonly by: string
  readonly reason: 'asked-for' | 'kept-long-enough'
}

export type DeleteCandidate = (
  idNumber: string,
  deletion: Deletion,
) => Promise<'deleted' | 'nothing-held' | 'mail-in-flight'>

/**
 * Takes away everything kept about a candidate: results, account with its links, and entry, Secret number included. In
 * the account of result mails and in one audit line a pseudonym is left that only the service can make from the ID
 * number. Sessions, older links and the outbox open nothing without the account, and expire within a week; guards are
 * hashes already, and expire.
 */
export const deleteCandidate =
  ({ records, pseudonymHash, clock, newId }: DeleteCandidatePorts): DeleteCandidate =>
  async (idNumber, { by, reason }) => {
    const removed = await records.remove(idNumber, {
      subject: `candidate/${await pseudonymHash(`candidate:${idNumber}`)}`,
      at: clock.now(),
      id: newId(),
      by,
      action: 'candidate-deleted',
      details: { reason },
    })
    return removed === 'removed' ? 'deleted' : removed
  }
