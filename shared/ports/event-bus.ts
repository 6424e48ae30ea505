/** An event as the outbox holds it; `detail` is JSON text. */
export interface OutboxEvent {
  readonly eventId: string
  readonly type: string
  readonly detail: string
}

/** Tells events to whoever listens. */
export interface EventBus {
  /** At least once each; answers those that were not taken, after having tried them again. */
  publish(events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]>
}
