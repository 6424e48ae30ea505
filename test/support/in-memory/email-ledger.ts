import type { AuditEntry } from '../../../shared/domain/audit.ts'
import { type MailHealth, wasTaken } from '../../../shared/domain/delivery-status.ts'
import {
  type EmailBatch,
  type Feedback,
  type FeedbackKind,
  feedbackKinds,
  mailingOf,
} from '../../../shared/domain/email-batch.ts'
import type { EmailFeedback, FailedMails } from '../../../shared/ports/email-feedback.ts'
import type { EmailLedger, EmailObstacles, EmailRemedies } from '../../../shared/ports/email-ledger.ts'
import type { inMemoryDeliveries } from './deliveries.ts'
import type { inMemorySendRate } from './send-rate.ts'

type Deliveries = Pick<ReturnType<typeof inMemoryDeliveries>, 'plans' | 'progresses' | 'batches'>

const nothing: MailHealth = { told: 0, bounced: 0, complained: 0 }
const nobody: FailedMails = { bounced: new Set(), complained: new Set() }

/** Feedback, counts and repairs of the mails in these maps. */
export const inMemoryEmailLedger = (
  { plans, progresses, batches }: Deliveries,
  { row: sendRate }: Pick<ReturnType<typeof inMemorySendRate>, 'row'>,
) => {
  const health = new Map<string, MailHealth>()
  const countedBy = new Map<string, FailedMails>()
  const lookedAt = new Map<string, MailHealth>()
  const audit: AuditEntry[] = []
  const keyOf = (scope: string, item: string) => `${scope} ${item}`
  const sinceLookedAt = (releaseId: string): MailHealth => {
    const { told, bounced, complained } = health.get(releaseId) ?? nothing
    const before = lookedAt.get(releaseId) ?? nothing
    return { told: told - before.told, bounced: bounced - before.bounced, complained: complained - before.complained }
  }

  const feedback: EmailFeedback = {
    async add(scope, item, told) {
      const batch = batches.get(keyOf(scope, item))
      if (!batch) return undefined
      const known = batch.feedback ?? {}
      batches.set(keyOf(scope, item), { ...batch, feedback: together(known, told) })
      const counted = countedBy.get(keyOf(scope, item)) ?? nobody
      return {
        uncounted: {
          bounced: (told.bounced ?? new Set<number>()).difference(counted.bounced),
          complained: (told.complained ?? new Set<number>()).difference(counted.complained),
        },
        firstTold: [...new Set(Object.values(told).flatMap((each) => [...each]))].filter(
          (at) => wasTaken(at, told) && !wasTaken(at, known),
        ).length,
        ids: batch.deliveries.map(({ idNumber }) => idNumber),
      }
    },
    async count({ scope, item }, { firstTold, uncounted }) {
      const releaseId = mailingOf(scope)
      const before = countedBy.get(keyOf(scope, item)) ?? nobody
      const [bounced, complained] = [
        uncounted.bounced.difference(before.bounced),
        uncounted.complained.difference(before.complained),
      ]
      countedBy.set(keyOf(scope, item), {
        bounced: before.bounced.union(bounced),
        complained: before.complained.union(complained),
      })
      const sum = health.get(releaseId) ?? nothing
      health.set(releaseId, {
        told: sum.told + firstTold,
        bounced: sum.bounced + bounced.size,
        complained: sum.complained + complained.size,
      })
    },
    async health(releaseId) {
      return sinceLookedAt(releaseId)
    },
    async stop(releaseId) {
      const isNew = !sendRate.stopped.has(releaseId)
      sendRate.stopped.add(releaseId)
      return isNew
    },
  }
  const ledger: EmailLedger = {
    async plan(releaseId) {
      return plans.get(releaseId)
    },
    async lane(scope) {
      const ofLane = [...batches.values()]
        .filter((batch) => batch.scope === scope)
        .toSorted((a, b) => (a.item < b.item ? -1 : 1))
      return {
        isPlanned: progresses.get(scope)?.isDone ?? false,
        batches: ofLane.map(({ item, deliveries, feedback: told, claimedAt }) => ({
          item,
          outcomes: deliveries,
          feedback: told,
          claimedAt,
        })),
      }
    },
    async batches(scope, items) {
      return items.flatMap((item) => batches.get(keyOf(scope, item)) ?? [])
    },
  }
  const remedies: EmailRemedies = {
    async sendAgain(batch, positions) {
      const stored = batches.get(keyOf(batch.scope, batch.item))
      if (stored?.revision !== batch.revision) return 'lost'
      const again: EmailBatch = {
        ...stored,
        revision: batch.revision + 1,
        deliveries: stored.deliveries.map((delivery, position) =>
          positions.includes(position) ? { ...delivery, state: 'pending', reason: 'sent-again' } : delivery,
        ),
        sentAgain: new Set([...(stored.sentAgain ?? []), ...positions]),
      }
      batches.set(keyOf(batch.scope, batch.item), again)
      return 'written'
    },
    async goOn(releaseId) {
      lookedAt.set(releaseId, health.get(releaseId) ?? nothing)
      return sendRate.stopped.delete(releaseId) ? 'went-on' : 'was-not-stopped'
    },
    async audit(entry) {
      audit.push(entry)
    },
  }
  const obstacles: EmailObstacles = async (releaseId) => ({
    isStopped: sendRate.stopped.has(releaseId),
    alarms: [...sendRate.alarms],
  })
  return { feedback, ledger, remedies, obstacles, audit }
}

const mapKinds = (
  told: Feedback,
  map: (kind: FeedbackKind, positions: ReadonlySet<number>) => ReadonlySet<number>,
): Feedback =>
  Object.fromEntries(
    feedbackKinds.flatMap((kind) => {
      const positions = told[kind]
      return positions ? [[kind, map(kind, positions)]] : []
    }),
  )

const together = (known: Feedback, told: Feedback): Feedback => ({
  ...known,
  ...mapKinds(told, (kind, positions) => new Set([...(known[kind] ?? []), ...positions])),
})
