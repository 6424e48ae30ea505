import type { CandidateRecords } from '../ports/candidate-records.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewId } from '../ports/ids.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'

export interface DeleteCandidatePorts {
  readonly records: Pick<CandidateRecords, 'remove'>
  /** Derives the pseudonym that the audit trail keeps for a deleted candidate. */
  readonly pseudonymHash: KeyedHash
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
}

/** Who deletes and why, for the audit trail. */
export interface Deletion {
  /** The person, or the function if no person acted. */
  readonly by: string
  readonly reason: 'asked-for' | 'kept-long-enough'
}

export type DeleteCandidate = (
  idNumber: string,
  deletion: Deletion,
) => Promise<'deleted' | 'nothing-held' | 'mail-in-flight'>

/**
 * Deletes everything held about a candidate: results, account with its links, and entry, Secret number included. The records
 * of result mails and one audit line keep a pseudonym that only the service can derive from the ID number. Sessions, older
 * links and the outbox are useless without the account, and expire within a week; guards contain only hashes, and expire.
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
