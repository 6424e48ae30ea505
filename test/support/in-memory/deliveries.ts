import { chunkPrefix, type EmailBatch } from '../../../shared/domain/email-batch.ts'
import type { AccountEmail, AccountEmails } from '../../../shared/ports/account-emails.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { PlanProgress, ResultEmailPlans } from '../../../shared/ports/result-email-plans.ts'

/** Plans and batches of result mails in maps; each method is one write. */
export const inMemoryDeliveries = () => {
  const progresses = new Map<string, PlanProgress>()
  const batches = new Map<string, EmailBatch>()
  const keyOf = (scope: string, item: string) => `${scope} ${item}`
  return {
    progresses,
    batches,
    async progress(scope) {
      return progresses.get(scope)
    },
    async record(scope, { from, to, batches: planned }) {
      const now = progresses.get(scope)
      if (now?.chunks !== from?.chunks || now?.cursor !== from?.cursor) return 'moved'
      if (planned.some(({ item }) => batches.has(keyOf(scope, item)))) return 'moved'
      progresses.set(scope, to)
      for (const batch of planned) batches.set(keyOf(scope, batch.item), batch)
      return 'recorded'
    },
    async itemsOfChunk(scope, chunk) {
      const ofScope = [...batches.values()].filter((batch) => batch.scope === scope)
      return ofScope.map(({ item }) => item).filter((item) => item.startsWith(chunkPrefix(chunk)))
    },
    async find(scope, item) {
      return batches.get(keyOf(scope, item))
    },
    async write(batch) {
      const now = batches.get(keyOf(batch.scope, batch.item))
      if (now?.revision === batch.revision && now.attempt === batch.attempt) return 'written'
      if (now?.revision !== batch.revision - 1) return 'lost'
      batches.set(keyOf(batch.scope, batch.item), batch)
      return 'written'
    },
  } satisfies ResultEmailPlans & EmailBatches & Record<string, unknown>
}

/** Account mails in a map. */
export const inMemoryAccountEmails = () => {
  const rows = new Map<string, AccountEmail>()
  const isThis = (email: AccountEmail) => {
    const row = rows.get(email.eventId)
    return row?.delivery.state === 'claimed' && row.claimedAt === email.claimedAt
  }
  return {
    rows,
    async claim(email) {
      const present = rows.get(email.eventId)
      if (present) return { outcome: 'present', email: present }
      rows.set(email.eventId, email)
      return { outcome: 'claimed' }
    },
    async settle(email, delivery) {
      if (isThis(email)) rows.set(email.eventId, { ...email, delivery })
    },
    async giveUp(email) {
      if (isThis(email)) rows.delete(email.eventId)
    },
  } satisfies AccountEmails & Record<string, unknown>
}
