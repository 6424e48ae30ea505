import { operations } from '../../../shared/contracts/http.ts'
import { toIso } from '../../../shared/domain/time.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ListAuditEntries } from './list-audit-entries.ts'

export const listAuditEntriesHandler = (listAuditEntries: ListAuditEntries, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.listAuditEntries, options, async ({ query }) => {
    const answer = await listAuditEntries(query.subject, query.after)
    switch (answer.outcome) {
      case 'listed': {
        const { next } = answer
        const entries = answer.entries.map(({ at, by, action, details }) => ({ at: toIso(at), by, action, details }))
        return { status: 200, body: { entries, ...(next !== undefined && { next }) } }
      }
      case 'no-subject':
        return problem('malformed-request', { fields: [{ path: 'subject', code: 'required' }] })
    }
  })
