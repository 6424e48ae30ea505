import type { EmailBatch } from '../../../shared/domain/email-batch.ts'
import type { AccountEmail, AccountEmails } from '../../../shared/ports/account-emails.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type {
  EmailPlan,
  MailDeferrals,
  PlanProgress,
  ResultEmailPlans,
} from '../../../shared/ports/result-email-plans.ts'

/** Plans and batches of result mails in maps; each method is one write. */
export const inMemoryDeliveries = () => {
  const plans = new Map<string, EmailPlan>()
  const progresses = new Map<string, PlanProgress>()
  const batches = new Map<string, EmailBatch>()
  const keyOf = ({ scope, item }: { scope: string; item: string }) => `${scope} ${item}`
  return {
    plans,
    progresses,
    batches,
    async begin(plan) {
      const begun = plans.get(plan.releaseId) ?? plan
      plans.set(plan.releaseId, begun)
      return begun
    },
    async note(releaseId, wait) {
      const plan = plans.get(releaseId)
      if (plan) plans.set(releaseId, { ...plan, wait })
    },
    async progress(scope) {
      return progresses.get(scope)
    },
    async record(scope, { from, to, batches: planned }) {
      const now = progresses.get(scope)
      if (now?.shardIndex !== from?.shardIndex || now?.cursor !== from?.cursor || now?.isDone) return 'moved'
      if (planned.some((batch) => batches.has(keyOf(batch)))) return 'moved'
      progresses.set(scope, to)
      for (const batch of planned) batches.set(keyOf(batch), batch)
      return 'recorded'
    },
    async inWave(scope, wave) {
      return [...batches.values()].filter((batch) => batch.scope === scope && batch.item.startsWith(wave))
    },
    async write(written) {
      const stored = written.map((batch) => batches.get(keyOf(batch)))
      const isRepeat = written.every(
        ({ revision, attempt }, index) => stored[index]?.revision === revision && stored[index].attempt === attempt,
      )
      if (isRepeat) return 'written'
      if (written.some(({ revision }, index) => stored[index]?.revision !== revision - 1)) return 'lost'
      written.forEach((batch, index) => {
        batches.set(keyOf(batch), { ...(stored[index] as EmailBatch), ...batch })
      })
      return 'written'
    },
  } satisfies ResultEmailPlans & EmailBatches & MailDeferrals & Record<string, unknown>
}

/** Account mails in a map. */
export const inMemoryAccountEmails = () => {
  const rows = new Map<string, AccountEmail>()
  const isThis = (email: AccountEmail) => {
    const row = rows.get(email.eventId)
    return row?.delivery.state === 'claimed' && row.attempt === email.attempt
  }
  return {
    rows,
    async find(eventId) {
      const email = rows.get(eventId)
      return email && { state: email.delivery.state, claimedAt: email.claimedAt }
    },
    async claim(email) {
      const present = rows.get(email.eventId)
      if (isThis(email)) return { outcome: 'claimed' }
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
