import { deliveryStatusOf } from '../../../shared/domain/delivery-status.ts'
import { type DeliveryState, emailScope } from '../../../shared/domain/email-batch.ts'
import type { EmailLedger, LedgerBatch } from '../../../shared/ports/email-ledger.ts'
import { type FindPlanPorts, lanesOf, planOfSession } from '../release-of-session.ts'
import { formatCursor, itemsAfter, parseCursor } from '../scan-ledger.ts'

export interface ListUnmailedPorts extends FindPlanPorts {
  readonly ledger: EmailLedger
}

/** A recipient who, as far as is known, was not mailed. */
export interface Unmailed {
  readonly idNumber: string
  readonly state: Exclude<DeliveryState, 'accepted' | 'claimed'>
  readonly reason?: string
}

export type UnmailedOutcome =
  | { readonly outcome: 'listed'; readonly recipients: readonly Unmailed[]; readonly next?: string }
  | { readonly outcome: 'no-such-release' }

export type ListUnmailed = ReturnType<typeof listUnmailed>

/** Batches per page: up to 980 recipients. */
const batchesInPage = 20

/** Everybody whose mail was not accepted, by ID and reason. Paged: `after` is the previous page's `next`. */
export const listUnmailed =
  (ports: ListUnmailedPorts) =>
  async (session: string, after = '', correctionId?: string): Promise<UnmailedOutcome> => {
    const found = await planOfSession(ports, session, correctionId)
    if (!found) return { outcome: 'no-such-release' }
    const start = parseCursor(after)
    for (const lane of lanesOf(found.plan).slice(start.lane)) {
      const scope = emailScope(found.mailingId, lane)
      const { batches } = await ports.ledger.lane(scope)
      const page = itemsAfter(start, lane, batches.filter(hasUnmailed)).slice(0, batchesInPage)
      if (page.length === 0) continue
      const recipients = (await ports.ledger.batches(scope, page)).flatMap(({ deliveries, feedback }) =>
        deliveries.flatMap((delivery, position): Unmailed[] => {
          const { state, reason } = deliveryStatusOf(delivery, position, feedback)
          if (state === 'accepted') return []
          return [
            {
              idNumber: delivery.idNumber,
              state: state === 'claimed' ? 'pending' : state,
              ...(reason !== undefined && { reason }),
            },
          ]
        }),
      )
      return { outcome: 'listed', recipients, next: formatCursor({ lane, item: page.at(-1) ?? '' }) }
    }
    return { outcome: 'listed', recipients: [] }
  }

const hasUnmailed = ({ outcomes, feedback }: LedgerBatch): boolean =>
  outcomes.some((outcome, position) => deliveryStatusOf(outcome, position, feedback).state !== 'accepted')
