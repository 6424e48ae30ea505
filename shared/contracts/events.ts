import * as z from 'zod/mini'

/** The `source` of every event of this service (contracts, *Event*). */
export const eventSource = 'results-service'

const idOnly = z.strictObject({ version: z.literal(1), idNumber: z.string() })

/** Every event by its `detail-type`, with the shape of its `detail`. Ids only: no address, token or result. */
export const events = {
  'candidate-registered': idOnly,
  /** The third wrong password. Of this event and the next two the ID may be nobody's: it goes by another name then (R27). */
  'account-locked': z.strictObject({
    version: z.literal(1),
    idNumber: z.string(),
    /** ISO 8601 UTC. */
    lockedUntil: z.string(),
  }),
  /** The 99th wrong password in a row (R28). */
  'many-failures': idOnly,
  'password-reset-requested': z.strictObject({
    version: z.literal(1),
    idNumber: z.string(),
    /** ISO 8601 UTC; links are mailed in this order, whatever overtakes what on the way. */
    requestedAt: z.string(),
  }),
  'password-changed': idOnly,
  'email-change-requested': idOnly,
  'email-changed': idOnly,
  'release-approved': z.strictObject({ version: z.literal(1), releaseId: z.string(), session: z.string() }),
  'correction-approved': z.strictObject({
    version: z.literal(1),
    correctionId: z.string(),
    releaseId: z.string(),
    session: z.string(),
  }),
  'results-released': z.strictObject({
    version: z.literal(1),
    releaseId: z.string(),
    session: z.string(),
    /** ISO 8601 UTC. */
    releasedAt: z.string(),
  }),
  /** Results were corrected after their release: the versions that carry this correction's seal are visible now. */
  'results-corrected': z.strictObject({
    version: z.literal(1),
    releaseId: z.string(),
    session: z.string(),
    correctionId: z.string(),
    /** Whether two people decided that the candidates concerned are told by mail. */
    notify: z.boolean(),
    /** ISO 8601 UTC. */
    correctedAt: z.string(),
  }),
} as const

export type EventType = keyof typeof events
export type EventDetail<Type extends EventType> = z.infer<(typeof events)[Type]>

/** An event as use cases make it; its id is unique and is what consumers recognise a repeat by. */
export type DomainEvent = {
  [Type in EventType]: { readonly eventId: string; readonly type: Type; readonly detail: EventDetail<Type> }
}[EventType]

/** An outbox row as it stands in the table's stream; `detail` is JSON text. */
export const outboxRow = z.object({ eventId: z.string(), type: z.string(), detail: z.string() })

/**
 * What `publish-events` puts on the bus: `detail` is the contract's detail plus nothing; the outbox row's id travels in
 * `resources` as `event/<eventId>`, since EventBridge makes an id of its own for each PutEvents call.
 */
export const eventResource = (eventId: string): string => `event/${eventId}`

/** The id under which an event was told, the same in every delivery of it. Falls back on EventBridge's own. */
export const eventIdOf = ({ id, resources }: { readonly id: string; readonly resources: readonly string[] }): string =>
  resources.find((resource) => resource.startsWith('event/'))?.slice('event/'.length) ?? id

/** An event of ours as a rule delivers it to a queue: the EventBridge envelope. */
export const envelopeOf = <Type extends EventType>(type: Type) =>
  z.object({
    id: z.string(),
    source: z.literal(eventSource),
    'detail-type': z.literal(type),
    time: z.string(),
    resources: z.array(z.string()),
    detail: events[type] as (typeof events)[Type],
  })
