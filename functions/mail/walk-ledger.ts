import { type EmailBatch, emailScope } from '../../shared/domain/email-batch.ts'
import { second } from '../../shared/domain/time.ts'
import type { EmailLedger, LedgerBatch } from '../../shared/ports/email-ledger.ts'
import type { EmailPlan } from '../../shared/ports/result-email-plans.ts'
import type { Timer } from '../../shared/ports/timer.ts'
import { lanesOf } from './release-of-session.ts'

export interface WalkPorts {
  readonly ledger: Pick<EmailLedger, 'lane' | 'batches'>
  readonly timer: Pick<Timer, 'now'>
}

export interface Walk {
  readonly mailingId: string
  readonly plan: EmailPlan | undefined
  /** Where the step before has left off, as it said; from the beginning without it. */
  readonly after: string | undefined
  readonly isConcerned: (batch: LedgerBatch) => boolean
  /** Done with some of the concerned batches of one lane, one call after the other. */
  readonly visit: (scope: string, batches: readonly EmailBatch[]) => Promise<void>
}

/** Batches in one read. */
const atOnce = 100

/** A step ends soon after this, well before API Gateway's 30 s, however large the release is. */
const stepTime = 8 * second

/**
 * One step through a mailing's batches, in the order of lanes and keys; answers where to go on, or undefined at the end.
 * Every step comes on by a hundred concerned batches or a lane at least, so whoever goes on comes to an end. What is
 * planned meanwhile may be missed.
 */
export const walkLedger = async (
  { ledger, timer }: WalkPorts,
  { mailingId, plan, after, isConcerned, visit }: Walk,
): Promise<string | undefined> => {
  const endsAt = timer.now() + stepTime
  const lanes = lanesOf(plan)
  const start = placeOf(after)
  for (const lane of lanes.slice(start.lane)) {
    const scope = emailScope(mailingId, lane)
    const { batches } = await ledger.lane(scope)
    const concerned = itemsAfter(start, lane, batches.filter(isConcerned))
    for (let index = 0; index < concerned.length; index += atOnce) {
      const items = concerned.slice(index, index + atOnce)
      await visit(scope, await ledger.batches(scope, items))
      const isLast = index + atOnce >= concerned.length
      if (!isLast && timer.now() >= endsAt) return nameOf({ lane, item: items.at(-1) ?? '' })
    }
    if (lane + 1 < lanes.length && timer.now() >= endsAt) return nameOf({ lane: lane + 1, item: '' })
  }
  return undefined
}

/** How far a walk has come. */
export interface Place {
  readonly lane: number
  /** The last batch that was looked at. */
  readonly item: string
}

/** Of a lane's batches, those that come after this place. */
export const itemsAfter = (
  start: Place,
  lane: number,
  batches: readonly Pick<LedgerBatch, 'item'>[],
): readonly string[] => {
  const from = lane === start.lane ? start.item : ''
  return batches.map(({ item }) => item).filter((item) => item > from)
}

/** As callers give it back. */
export const nameOf = ({ lane, item }: Place): string => `${lane}.${item}`

/** The beginning, where the text is none of ours. */
export const placeOf = (text = ''): Place => {
  const [, lane = '0', item = ''] = /^(\d{1,2})\.(.*)$/.exec(text) ?? []
  return { lane: Number(lane), item }
}
