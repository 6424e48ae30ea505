import { claimTimeout, type EmailBatch, positionsIn, withDeliveries } from '../../../shared/domain/email-batch.ts'
import { type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { Change } from './intent.ts'

/** Mails of one batch that are sent in one call. */
export interface Slice {
  readonly item: string
  readonly positions: readonly number[]
}

/** A batch in progress, with changes that are not written yet. */
interface Open {
  readonly batch: EmailBatch
  readonly isWritten: boolean
}

/**
 * One sender's view of the batches of a wave. Settled states are buffered and written together with the next claim, which
 * saves a call each time; `settle` writes them separately.
 */
export const openBatches = (
  { batches, newId }: { readonly batches: EmailBatches; readonly newId: NewId },
  scope: string,
  found: readonly EmailBatch[],
) => {
  const open = new Map<string, Open>(found.map((batch) => [batch.item, { batch, isWritten: true }]))
  /** Batches with mails claimed by another sender that may still be working on them. */
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

  /** Writes one by one, since another sender has written one of them meanwhile; returns the lost ones. */
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
    /** Writes the claims together with buffered settled states; returns the slices that were claimed. */
    async claim(slices: readonly Slice[]): Promise<readonly Slice[]> {
      const lost = await write()
      return slices.filter(({ item }) => !lost.has(item))
    },
    /** An open claim belongs to an active sender, or to one that was killed and may have sent: if expired, it is settled as unknown. */
    settleAbandoned(now: EpochMilliseconds) {
      for (const { batch } of [...open.values()]) {
        const claimed = positionsIn(batch, 'claimed')
        if (claimed.length === 0) continue
        if (now < later(batch.claimedAt ?? now, claimTimeout)) inFlight.add(batch.item)
        else change(batch.item, new Map(claimed.map((position) => [position, abandoned])))
      }
    },
    /** Pending mails by batch, without batches that another sender works on. */
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
