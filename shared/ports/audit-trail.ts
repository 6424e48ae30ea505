import type { AuditEntry } from '../domain/audit.ts'

/** What people do to the service, where nothing else is written with it. */
export interface AuditTrail {
  /** Appends one line; never changes one. */
  write(entry: AuditEntry): Promise<void>
}
