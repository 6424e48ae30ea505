import type { AuditEntry } from '../domain/audit.ts'

/** Refused requests, for the audit trail (G8). */
export interface Refusals {
  /** Appends the line, unless one with the same subject, instant and id exists. */
  note(entry: AuditEntry): Promise<void>
}
