/** An event as the outbox holds it; `detail` is JSON text. */
export interface OutboxEvent {
  readonly eventId: string
  readonly type: string
  readonly detail: string
}

/** Publishes events. */
export interface EventBus {
  /** At least once each; returns those that still failed after retries. */
  publish(events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]>
}
