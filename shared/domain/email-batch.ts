import { shardCount, shards } from './identifiers.ts'
import type { EpochMilliseconds } from './time.ts'

/** How far one mail has come (G4). `unknown` may have been sent, and is never sent again by itself. */
export type DeliveryState = 'pending' | 'claimed' | 'accepted' | 'unknown' | 'failed' | 'suppressed'

/** Why a mail was not sent on purpose. */
export type SuppressionReason =
  | 'opted-out'
  | 'bounced-before'
  | 'complained-before'
  | 'account-reset'
  | 'release-cancelled'
  | 'not-on-allow-list'
  | 'no-account'
  | 'superseded'

/** One recipient's mail. */
export interface Delivery {
  /** Or the pseudonym of a candidate who was deleted. */
  readonly idNumber: string
  readonly state: DeliveryState
  /** Of a suppression, or the mail service's code for a failure. */
  readonly reason?: string
  /** As the mail service calls an account mail; result mails are known by their tags. */
  readonly messageId?: string
}

/** What the mail service tells of a mail afterwards, in any order and any number of times. */
export const feedbackKinds = ['sent', 'delivered', 'bounced', 'complained', 'rejected'] as const
export type FeedbackKind = (typeof feedbackKinds)[number]

/** Positions of a batch's mails by what was told of them; sets that only grow, so repeats and order do not matter. */
export type Feedback = Readonly<Partial<Record<FeedbackKind, ReadonlySet<number>>>>

/** Up to 49 mails of one release, lane and language, planned together, kept in one row, sent in one call. */
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
  /** Absent until something is told. */
  readonly feedback?: Feedback
  /** Mails that were unknown and that an operator had sent again, once. */
  readonly sentAgain?: ReadonlySet<number>
}

/** After so many milliseconds a claim that is not settled belonged to a sender that did not survive. */
export const claimTimeout = 120_000

/**
 * Mails in one call at most. SES takes 50; with their accounts and entries, release and opening, 49 are what DynamoDB
 * reads in one call of 100 keys.
 */
export const maxBatchSize = 49

/** Entries of a session for which one lane is enough: fewer lanes leave fewer batches half empty. */
const entriesInLane = 10_000

/** In how many lanes the mails of a session are planned and kept, each a partition of its own: a power of two up to 16. */
export const laneCount = (entries: number): number => {
  const wanted = Math.ceil(entries / entriesInLane)
  return Math.min(shardCount, 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, wanted)))))
}

/** The shards of a session whose candidates a lane tells. */
export const shardsOfLane = (lane: number, lanes: number): readonly number[] =>
  shards.filter((shard) => shard % lanes === lane)

/** Every lane in which a candidate of this shard may stand, however many lanes a release has. */
export const lanesOfShard = (shard: number): readonly number[] => [
  ...new Set([16, 8, 4, 2, 1].map((lanes) => shard % lanes)),
]

/** Key of a release's lane in the deliveries table: `<releaseId>#07`. */
export const emailScope = (releaseId: string, lane: number): string => `${releaseId}#${String(lane).padStart(2, '0')}`

/** The release, or the correction of it, whose mails lie in this scope. */
export const mailingOf = (scope: string): string => scope.slice(0, scope.lastIndexOf('#'))

/** Key of a batch: `batch#000001-en-00`; the wave's number comes first so that a wave's batches lie together. */
export const batchItem = (wave: number, language: string, number: number): string =>
  `${waveOf(wave)}${language}-${String(number).padStart(2, '0')}`

/** Key of the batch of one who registered when the plan was made already, by the event that told of it. */
export const lateItem = (eventId: string): string => `${batchPrefix}late-${eventId}`

/** What the keys of all batches begin with. */
export const batchPrefix = 'batch#'

/** A wave is the batches that one message has sent, by what their keys begin with: those of one step of the plan. */
export const waveOf = (number: number): string => `${batchPrefix}${String(number).padStart(6, '0')}-`

/** What has a batch sent: the wave that it is of, or the batch alone if it came late. */
export const waveOfItem = (item: string): string => /^batch#\d{6}-/.exec(item)?.[0] ?? item

/** Names one mail in tags and events, of `[A-Za-z0-9_-]`, without saying whose it is: `07-000001-en-00-13`. */
export const deliveryTag = ({ scope, item }: Pick<EmailBatch, 'scope' | 'item'>, position: number): string =>
  `${scope.slice(scope.lastIndexOf('#') + 1)}-${item.slice(item.indexOf('#') + 1)}-${String(position).padStart(2, '0')}`

/** Where the mail stands that release and tag name; undefined where the tag is none of ours. */
export const deliveryOfTag = (
  releaseId: string,
  tag: string,
): { readonly scope: string; readonly item: string; readonly position: number } | undefined => {
  const [, lane, item, position] = /^(\d\d)-([\w-]{1,80})-(\d\d)$/.exec(tag) ?? []
  if (item === undefined) return undefined
  return { scope: emailScope(releaseId, Number(lane)), item: `${batchPrefix}${item}`, position: Number(position) }
}

/** The batch with some of its mails changed, by position. */
export const withDeliveries = (
  batch: Pick<EmailBatch, 'deliveries'>,
  changes: ReadonlyMap<number, Omit<Delivery, 'idNumber'>>,
): readonly Delivery[] =>
  batch.deliveries.map((delivery, position) => {
    const change = changes.get(position)
    return change ? { idNumber: delivery.idNumber, ...change } : delivery
  })

/** Positions of the mails in this state. */
export const positionsIn = (batch: Pick<EmailBatch, 'deliveries'>, state: DeliveryState): readonly number[] =>
  batch.deliveries.flatMap((delivery, position) => (delivery.state === state ? [position] : []))
