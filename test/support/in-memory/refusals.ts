import type { AuditEntry } from '../../../shared/domain/audit.ts'
import type { Refusals } from '../../../shared/ports/refusals.ts'

/** Lines by their key. */
export const inMemoryRefusals = () => {
  const rows = new Map<string, AuditEntry>()
  return {
    rows,
    async note(entry) {
      const key = `${entry.subject} ${entry.at} ${entry.id}`
      if (!rows.has(key)) rows.set(key, entry)
    },
  } satisfies Refusals & Record<string, unknown>
}
