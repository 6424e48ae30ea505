import { allPages } from './all-pages.ts'
import type { CommandResult, Target } from './target.ts'

/** `audit SUBJECT`: everything in the audit trail about a release, an import, a queue, or who was refused. */
export const listAudit = async (target: Target, subject: string): Promise<CommandResult> => {
  const api = await target.api()
  const entries = await allPages(async (after) => {
    const { entries: items, next } = await api.listAuditEntries(subject, after)
    return { items, next }
  })
  const lines = entries.map(({ at, by, action, details }) => {
    const words = Object.entries(details).map(([name, value]) => `${name}=${value}`)
    return [at, by, action, ...words].join('  ')
  })
  return {
    json: { subject, entries },
    text: `${lines.length > 0 ? lines.join('\n') : `The audit trail has nothing about ${subject}.`}\n`,
  }
}
