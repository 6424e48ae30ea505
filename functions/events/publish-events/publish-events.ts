import type { EventBus, OutboxEvent } from '../../../shared/ports/event-bus.ts'

export type PublishEvents = ReturnType<typeof publishEvents>

/** Tells what the outbox holds; answers what could not be told yet, for the stream to bring again. */
export const publishEvents =
  ({ bus }: { readonly bus: EventBus }) =>
  (events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]> =>
    bus.publish(events)
