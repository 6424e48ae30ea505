import type { AuditEntry } from '../domain/audit.ts'

/** Everything that is kept under one ID number, for who takes it away. */
export interface CandidateRecords {
  /**
   * Takes away results, account, its links and entry, and puts the audit line's subject in the candidate's place in the
   * mails that were sent; with the entry, which goes last, the audit line is written, both or neither. `nothing-held` if
   * there is no entry; `mail-in-flight`, with nothing deleted, while a batch with the candidate's mail is being sent.
   * Begun again it goes on where it was interrupted.
   */
  remove(idNumber: string, audit: AuditEntry): Promise<'removed' | 'nothing-held' | 'mail-in-flight'>
  /** ID numbers of exams taken before the date (`YYYY-MM-DD`), in no order. */
  takenBefore(date: string): AsyncIterable<string>
}
