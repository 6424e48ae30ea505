import type { AuditEntry } from '../domain/audit.ts'

/** All records of one ID number, for deletion. */
export interface CandidateRecords {
  /**
   * Deletes results, account with its links, and entry, and replaces the candidate by the audit line's subject in sent mails.
   * The entry is deleted last, in one transaction with writing the audit line. `nothing-held` if there is no entry;
   * `mail-in-flight`, with nothing deleted, while a batch with the candidate's mail is being sent. A repeated call continues
   * where the first was interrupted.
   */
  remove(idNumber: string, audit: AuditEntry): Promise<'removed' | 'nothing-held' | 'mail-in-flight'>
  /** ID numbers of exams taken before the date (`YYYY-MM-DD`), in no order. */
  takenBefore(date: string): AsyncIterable<string>
}
