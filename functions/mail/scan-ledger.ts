import { type EmailBatch, emailScope } from '../../shared/domain/email-batch.ts'
import { second } from '../../shared/domain/time.ts'
import type { EmailLedger, LedgerBatch } from '../../shared/ports/email-ledger.ts'
import type { EmailPlan } from '../../shared/ports/result-email-plans.ts'
import type { Timer } from '../../shared/ports/timer.ts'
import { lanesOf } from './release-of-session.ts'

export interface ScanPorts {
  readonly ledger: Pick<EmailLedger, 'lane' | 'batches'>
  readonly timer: Pick<Timer, 'now'>
}

export interface LedgerScan {
  readonly mailingId: string
  readonly plan: EmailPlan | undefined
  /** The cursor that the previous step returned; absent to start at the beginning. */
  readonly after: string | undefined
  readonly matches: (batch: LedgerBatch) => boolean
  /** Called with a chunk of matching batches of one lane, one call after the other. */
  readonly processBatches: (scope: string, batches: readonly EmailBatch[]) => Promise<void>
}

/** Batches read and processed at a time. */
const chunkSize = 100

/** A step ends soon after this, well below API Gateway's limit of 30 s, however large the release is. */
const stepTimeBudget = 8 * second

/**
 * One time-limited step through a mailing's batches, ordered by lane and key. Returns the cursor for the next step, or
 * undefined at the end. Each step advances by at least one chunk or one lane, so repeated steps terminate. Batches planned
 * meanwhile may be missed.
 */
export const scanLedger = async (
  { ledger, timer }: ScanPorts,
  { mailingId, plan, after, matches, processBatches }: LedgerScan,
): Promise<string | undefined> => {
  const endsAt = timer.now() + stepTimeBudget
  const lanes = lanesOf(plan)
  const start = parseCursor(after)
  for (const lane of lanes.slice(start.lane)) {
    const scope = emailScope(mailingId, lane)
    const { batches } = await ledger.lane(scope)
    const matching = itemsAfter(start, lane, batches.filter(matches))
    for (let index = 0; index < matching.length; index += chunkSize) {
      const items = matching.slice(index, index + chunkSize)
      await processBatches(scope, await ledger.batches(scope, items))
      const isLast = index + chunkSize >= matching.length
      if (!isLast && timer.now() >= endsAt) return formatCursor({ lane, item: items.at(-1) ?? '' })
    }
    if (lane + 1 < lanes.length && timer.now() >= endsAt) return formatCursor({ lane: lane + 1, item: '' })
  }
  return undefined
}

/** How far a scan has come. */
export interface Cursor {
  readonly lane: number
  /** Key of the last batch that was processed. */
  readonly item: string
}

/** Keys of the lane's batches after the cursor. */
export const itemsAfter = (
  start: Cursor,
  lane: number,
  batches: readonly Pick<LedgerBatch, 'item'>[],
): readonly string[] => {
  const from = lane === start.lane ? start.item : ''
  return batches.map(({ item }) => item).filter((item) => item > from)
}

/** The cursor as text, as callers send it back. */
export const formatCursor = ({ lane, item }: Cursor): string => `${lane}.${item}`

/** Parses a cursor; malformed text means the beginning. */
export const parseCursor = (text = ''): Cursor => {
  const [, lane = '0', item = ''] = /^(\d{1,2})\.(.*)$/.exec(text) ?? []
  return { lane: Number(lane), item }
}
