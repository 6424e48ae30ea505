import type { AuditEntry } from '../../../shared/domain/audit.ts'
import type { AuditEntries } from '../../../shared/ports/audit-trail.ts'

export type AuditPageOutcome =
  | { readonly outcome: 'listed'; readonly entries: readonly AuditEntry[]; readonly next?: string }
  | { readonly outcome: 'no-subject' }

export type ListAuditEntries = (subject: string | undefined, after?: string) => Promise<AuditPageOutcome>

/** No subject and no cursor of ours is longer. */
const maxLength = 200

/** Who did what to one subject, oldest first, page by page: `after` is what the page before called `next`. */
export const listAuditEntries =
  ({ entries }: { readonly entries: AuditEntries }): ListAuditEntries =>
  async (subject, after) => {
    if (!subject) return { outcome: 'no-subject' }
    if (subject.length > maxLength || (after ?? '').length > maxLength) return { outcome: 'listed', entries: [] }
    return { outcome: 'listed', ...(await entries.page(subject, after || undefined)) }
  }
