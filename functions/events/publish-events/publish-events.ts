import type { EventBus, OutboxEvent } from '../../../shared/ports/event-bus.ts'

export type PublishEvents = ReturnType<typeof publishEvents>

/** Publishes outbox events; returns those that failed, for the stream to retry. */
export const publishEvents =
  ({ bus }: { readonly bus: EventBus }) =>
  (events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]> =>
    bus.publish(events)
