import type { EmailOutcomeMessage } from '../../../shared/contracts/messages.ts'
import { mapInChunks } from '../../../shared/domain/chunks.ts'
import { isUnhealthy } from '../../../shared/domain/delivery-status.ts'
import { addressFingerprint } from '../../../shared/domain/email-address.ts'
import { deliveryOfTag, deliveryTag, type FeedbackKind } from '../../../shared/domain/email-batch.ts'
import type { EmailFeedback, MailedAddresses, PublishedEvents } from '../../../shared/ports/email-feedback.ts'

export interface RecordEmailOutcomesPorts {
  readonly feedback: EmailFeedback
  readonly addresses: MailedAddresses
  readonly events: PublishedEvents
}

export interface Recorded {
  /** Indexes of the messages to be redelivered. */
  readonly failed: readonly number[]
  /** The error of each failed write. */
  readonly faults: readonly unknown[]
  /** Releases whose mails the circuit breaker has stopped because of these messages. */
  readonly stopped: readonly string[]
  /** Messages about unknown mails. */
  readonly unknown: number
}

export type RecordEmailOutcomes = ReturnType<typeof recordEmailOutcomes>

/** Concurrent writes. */
const concurrency = 25

/**
 * Records SES events (G4): one write per batch of result mails, however many events concern it. Idempotent, in any order.
 * Addresses that bounce or complain are marked on their accounts.
 */
export const recordEmailOutcomes =
  (ports: RecordEmailOutcomesPorts) =>
  async (messages: readonly EmailOutcomeMessage[]): Promise<Recorded> => {
    const failed: number[] = []
    const faults: unknown[] = []
    const stopped = new Set<string>()
    let unknown = 0
    const numbered = messages.map((message, index) => ({ message, index, told: meaningOf(message) }))
    const byBatch = Map.groupBy(
      numbered.flatMap((one) => placeOf(one) ?? []),
      ({ place, release }) => `${release} ${place.scope} ${place.item}`,
    )
    await mapInChunks([...byBatch.values()], concurrency, async (told) => {
      try {
        const recorded = await recordBatch(ports, told)
        if (recorded === 'no-such-batch') unknown += told.length
        if (recorded === 'stopped') stopped.add(told[0]?.release ?? '')
      } catch (fault) {
        failed.push(...told.map(({ index }) => index))
        faults.push(fault)
      }
    })
    await mapInChunks(numbered, concurrency, async ({ message, index, told }) => {
      if (!('event' in message) || (told !== 'bounced' && told !== 'complained')) return
      try {
        const idNumber = await ports.events.subjectOf(message.event.replace(/-notice$/, ''))
        if (idNumber !== undefined) await mark(ports, idNumber, told, message.event, message.address)
      } catch (fault) {
        failed.push(index)
        faults.push(fault)
      }
    })
    return { failed, faults, stopped: [...stopped], unknown }
  }

interface Told {
  readonly index: number
  readonly release: string
  readonly place: { readonly scope: string; readonly item: string; readonly position: number }
  readonly kind: FeedbackKind
  readonly address: string
}

/** Undefined for events without an outcome: delays, and transient bounces. */
const meaningOf = ({ type, bounceType }: EmailOutcomeMessage): FeedbackKind | undefined => {
  switch (type) {
    case 'Send':
      return 'sent'
    case 'Delivery':
      return 'delivered'
    case 'Bounce':
      return bounceType === 'Transient' ? undefined : 'bounced'
    case 'Complaint':
      return 'complained'
    case 'Reject':
    case 'Rendering Failure':
      return 'rejected'
    default:
      return undefined
  }
}

const placeOf = (numbered: {
  readonly message: EmailOutcomeMessage
  readonly index: number
  readonly told: FeedbackKind | undefined
}): Told | undefined => {
  const { message, index, told: kind } = numbered
  if (!('delivery' in message) || !kind) return undefined
  const place = deliveryOfTag(message.release, message.delivery)
  return place && { index, release: message.release, place, kind, address: message.address }
}

const recordBatch = async (
  ports: RecordEmailOutcomesPorts,
  told: readonly Told[],
): Promise<'recorded' | 'stopped' | 'no-such-batch'> => {
  const [{ release, place } = {} as Told] = told
  const { scope, item } = place
  const positions = Map.groupBy(told, ({ kind }) => kind)
  const feedback = Object.fromEntries(
    [...positions].map(([kind, all]) => [kind, new Set(all.map((one) => one.place.position))]),
  )
  const added = await ports.feedback.add(scope, item, feedback)
  if (!added) return 'no-such-batch'
  for (const {
    kind,
    place: { position },
    address,
  } of told) {
    const idNumber = added.ids[position]
    if ((kind === 'bounced' || kind === 'complained') && idNumber !== undefined)
      await mark(ports, idNumber, kind, deliveryTag({ scope, item }, position), address)
  }
  await ports.feedback.count({ scope, item }, added)
  // Counted before or by now: whoever counted a failure may have been killed before this.
  if (!told.some(isFailure)) return 'recorded'
  const health = await ports.feedback.health(release)
  return isUnhealthy(health) && (await ports.feedback.stop(release)) ? 'stopped' : 'recorded'
}

const isFailure = ({ kind }: Told) => kind === 'bounced' || kind === 'complained'

const mark = (
  { addresses }: RecordEmailOutcomesPorts,
  idNumber: string,
  what: 'bounced' | 'complained',
  mailId: string,
  address: string,
): Promise<void> => addresses.mark(idNumber, what, (present) => addressFingerprint(mailId, present) === address)
