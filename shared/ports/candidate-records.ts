import type { AuditEntry } from '../domain/audit.ts'

/** Everything that is kept under one ID number, for who takes it away. */
export interface CandidateRecords {
  /**
   * Takes away results, account and entry; with the entry, which goes last, the audit line is written, both or neither.
   * `nothing-held` if there is no entry. Begun again it goes on where it was interrupted.
   */
  remove(idNumber: string, audit: AuditEntry): Promise<'removed' | 'nothing-held'>
  /** ID numbers of exams taken before the date (`YYYY-MM-DD`), in no order. */
  takenBefore(date: string): AsyncIterable<string>
}
