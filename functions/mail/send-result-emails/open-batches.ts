import { claimsLapseAfter, type EmailBatch, positionsIn, withDeliveries } from '../../../shared/domain/email-batch.ts'
import { type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { Change } from './intent.ts'

/** Mails of one batch that go in one call. */
export interface Slice {
  readonly item: string
  readonly positions: readonly number[]
}

/** A batch at work, with what is known of it and not yet written. */
interface Open {
  readonly batch: EmailBatch
  readonly isWritten: boolean
}

/**
 * The batches of a wave as one sender knows them. What has been settled is held back until the next claim and written
 * together with it, which saves a call each time; `settle` writes it alone.
 */
export const openBatches = (
  { batches, newId }: { readonly batches: EmailBatches; readonly newId: NewId },
  scope: string,
  found: readonly EmailBatch[],
) => {
  const open = new Map<string, Open>(found.map((batch) => [batch.item, { batch, isWritten: true }]))
  /** Batches of which somebody else has claimed a part and may still be at it. */
  const inFlight = new Set<string>()

  const change = (item: string, changes: ReadonlyMap<number, Change>, claimedAt?: EpochMilliseconds) => {
    const { batch, isWritten } = open.get(item) as Open
    open.set(item, {
      batch: {
        ...batch,
        revision: isWritten ? batch.revision + 1 : batch.revision,
        ...(isWritten && { attempt: newId() }),
        ...(claimedAt !== undefined && { claimedAt }),
        deliveries: withDeliveries(batch, changes),
      },
      isWritten: false,
    })
  }
  const unwritten = () => [...open.values()].filter(({ isWritten }) => !isWritten).map(({ batch }) => batch)
  const written = (item: string) => open.set(item, { batch: (open.get(item) as Open).batch, isWritten: true })

  /** One by one, since one of them was somebody else's in the meantime; answers which were. */
  const writeApart = async (all: readonly EmailBatch[]): Promise<ReadonlySet<string>> => {
    const lost = new Set<string>()
    for (const batch of all) {
      if ((await batches.write([batch])) === 'written') written(batch.item)
      else lost.add(batch.item)
    }
    if (lost.size > 0) {
      const fresh = new Map((await batches.inWave(scope, commonPrefix(lost))).map((batch) => [batch.item, batch]))
      for (const item of lost) {
        const batch = fresh.get(item)
        if (batch) open.set(item, { batch, isWritten: true })
        else open.delete(item)
      }
    }
    return lost
  }

  const write = async (): Promise<ReadonlySet<string>> => {
    const all = unwritten()
    if ((await batches.write(all)) === 'lost') return writeApart(all)
    for (const { item } of all) written(item)
    return new Set()
  }

  return {
    inFlight,
    get: (item: string) => (open.get(item) as Open).batch,
    hasUnwritten: () => unwritten().length > 0,
    settle: write,
    change,
    /** Claims, with what was settled before; answers the slices that are this sender's now. */
    async claim(slices: readonly Slice[]): Promise<readonly Slice[]> {
      const lost = await write()
      return slices.filter(({ item }) => !lost.has(item))
    },
    /** A claim that is not settled belongs to a sender at work, or to one that was killed and perhaps had sent. */
    settleAbandoned(now: EpochMilliseconds) {
      for (const { batch } of [...open.values()]) {
        const claimed = positionsIn(batch, 'claimed')
        if (claimed.length === 0) continue
        if (now < later(batch.claimedAt ?? now, claimsLapseAfter)) inFlight.add(batch.item)
        else change(batch.item, new Map(claimed.map((position) => [position, abandoned])))
      }
    },
    /** Everything that is pending and nobody else's, whole batches. */
    pending: (): readonly Slice[] =>
      [...open.values()].flatMap(({ batch: { item, deliveries } }) => {
        const positions = inFlight.has(item) ? [] : positionsIn({ deliveries }, 'pending')
        return positions.length > 0 ? [{ item, positions }] : []
      }),
  }
}

const abandoned: Change = { state: 'unknown', reason: 'sender-killed' }

const commonPrefix = (items: ReadonlySet<string>): string => {
  const [first = '', ...others] = items
  let prefix = first
  for (const item of others) while (!item.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}
