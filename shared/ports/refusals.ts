import type { AuditEntry } from '../domain/audit.ts'

/** That somebody tried what they may not do, for the audit trail (G8). */
export interface Refusals {
  /** Appends the line unless one with its subject, instant and id is there: a repeat adds nothing. */
  note(entry: AuditEntry): Promise<void>
}
