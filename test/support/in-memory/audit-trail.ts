import type { AuditEntry } from '../../../shared/domain/audit.ts'
import { toIso } from '../../../shared/domain/time.ts'
import type { AuditEntries, AuditTrail } from '../../../shared/ports/audit-trail.ts'

const pageSize = 100
const keyOf = ({ at, id }: AuditEntry) => `${toIso(at)}#${id}`

/** Entries in a list, by the order of their keys. */
export const inMemoryAuditTrail = () => {
  const rows: AuditEntry[] = []
  return {
    rows,
    async write(entry) {
      rows.push(entry)
    },
    async page(subject, after = '') {
      const behind = rows
        .filter((entry) => entry.subject === subject && keyOf(entry) > after)
        .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
      const entries = behind.slice(0, pageSize)
      const last = entries.at(-1)
      return { entries, ...(last && behind.length > pageSize && { next: keyOf(last) }) }
    },
  } satisfies AuditTrail & AuditEntries & Record<string, unknown>
}
