import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { eventResource, eventSource } from '../../contracts/events.ts'
import type { EventBus, OutboxEvent } from '../../ports/event-bus.ts'
import type { Pause } from '../../ports/pause.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'
import { jitteredPause } from '../node/pause.ts'

/** Entries that EventBridge takes in one call. */
const maxEntries = 10
/** Between tries with what was not taken, in milliseconds. */
const backoff = [100, 400]

/** A bus of EventBridge. It may refuse single events of a call: only those are put again. */
export const eventBridgeBus = (
  EventBusName: string,
  {
    client = new EventBridgeClient(clientTimeouts()),
    pause = jitteredPause,
  }: { client?: EventBridgeClient; pause?: Pause } = {},
): EventBus => {
  const putOnce = async (events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]> => {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.map(({ eventId, type, detail }) => ({
          EventBusName,
          Source: eventSource,
          DetailType: type,
          Detail: detail,
          Resources: [eventResource(eventId)],
        })),
      }),
    )
    return events.filter((_, index) => Entries[index]?.EventId === undefined)
  }

  const putAll = async (events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]> => {
    let left = await putOnce(events)
    for (const milliseconds of backoff) {
      if (left.length === 0) break
      await pause(milliseconds)
      left = await putOnce(left)
    }
    return left
  }

  return {
    async publish(events) {
      const left: OutboxEvent[] = []
      for (let from = 0; from < events.length; from += maxEntries) {
        left.push(...(await putAll(events.slice(from, from + maxEntries))))
      }
      return left
    },
  }
}
