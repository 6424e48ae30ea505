import type { EpochMilliseconds } from './time.ts'

/** How far one mail has come (G4). `unknown` may have been sent, and is never sent again by itself. */
export type DeliveryState = 'pending' | 'claimed' | 'accepted' | 'unknown' | 'failed' | 'suppressed'

/** Why a mail was not sent on purpose. */
export type SuppressionReason = 'opted-out' | 'account-reset' | 'not-on-allow-list' | 'no-account' | 'superseded'

/** One recipient's mail. */
export interface Delivery {
  /** Or the pseudonym of a candidate who was deleted. */
  readonly idNumber: string
  readonly state: DeliveryState
  /** Of a suppression, or the mail service's code for a failure. */
  readonly reason?: string
  /** As the mail service calls it. */
  readonly messageId?: string
}

/** Up to 50 mails of one release, shard and language, planned together and kept in one row. */
export interface EmailBatch {
  readonly scope: string
  readonly item: string
  readonly releaseId: string
  readonly session: string
  readonly language: string
  /** Counts the writes, so that of two writers who read the same row one fails. */
  readonly revision: number
  /** Whoever claimed last, and when. */
  readonly attempt?: string
  readonly claimedAt?: EpochMilliseconds
  readonly deliveries: readonly Delivery[]
}

/** After so many milliseconds a claim that is not settled belonged to a sender that did not survive. */
export const claimsLapseAfter = 120_000

/** Mails in one call at most: SES takes no more. */
export const largestBatch = 50

/** Key of a release's shard in the deliveries table: `<releaseId>#07`. */
export const emailScope = (releaseId: string, shard: number): string => `${releaseId}#${String(shard).padStart(2, '0')}`

/** Key of a batch: `batch#000001-en-00`; the chunk's number comes first so that a chunk's batches lie together. */
export const batchItem = (chunk: number, language: string, number: number): string =>
  `${chunkPrefix(chunk)}${language}-${String(number).padStart(2, '0')}`

/** What the keys of all batches begin with. */
export const batchPrefix = 'batch#'

/** What the keys of a chunk's batches begin with. */
export const chunkPrefix = (chunk: number): string => `${batchPrefix}${String(chunk).padStart(6, '0')}-`

/** Names one mail in tags and events, of `[A-Za-z0-9_-]`, without saying whose it is: `07-000001-en-00-13`. */
export const deliveryTag = ({ scope, item }: Pick<EmailBatch, 'scope' | 'item'>, position: number): string =>
  `${scope.slice(scope.lastIndexOf('#') + 1)}-${item.slice(item.indexOf('#') + 1)}-${String(position).padStart(2, '0')}`

/** The batch with some of its mails changed, by position. */
export const withDeliveries = (
  batch: EmailBatch,
  changes: ReadonlyMap<number, Omit<Delivery, 'idNumber'>>,
): readonly Delivery[] =>
  batch.deliveries.map((delivery, position) => {
    const change = changes.get(position)
    return change ? { idNumber: delivery.idNumber, ...change } : delivery
  })

/** Positions of the mails in this state. */
export const positionsIn = (batch: Pick<EmailBatch, 'deliveries'>, state: DeliveryState): readonly number[] =>
  batch.deliveries.flatMap((delivery, position) => (delivery.state === state ? [position] : []))
