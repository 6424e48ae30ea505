import type { AuditEntry } from '../domain/audit.ts'

/** The audit trail, for actions that are not written in a transaction with it. */
export interface AuditTrail {
  /** Appends one line; never changes one. */
  write(entry: AuditEntry): Promise<void>
}

/** The trail, to be read. */
export interface AuditEntries {
  /**
   * Up to a hundred entries of one subject, oldest first, from the first or from behind `after`; strongly consistent.
   * `next` is the `after` of the page that follows, absent on the last.
   */
  page(subject: string, after?: string): Promise<{ readonly entries: readonly AuditEntry[]; readonly next?: string }>
}
