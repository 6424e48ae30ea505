import { randomUUID } from 'node:crypto'
import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import { priorityQueue } from '../../priority-queue.ts'
import type { LocalClock } from '../../types.ts'
import type { Journal } from '../journal.ts'

/** A stored message. */
export interface QueueMessage {
  readonly id: string
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>
  readonly senderId: string
  /** Epoch milliseconds, as all instants here. */
  readonly sentAt: number
  /** The source queue of a dead letter. */
  readonly deadLetterSource?: string
  receives: number
  firstReceivedAt?: number
  /** When it becomes visible (again), unless it is in flight. */
  visibleAt: number
}

/** A message to be sent. */
interface NewMessage {
  readonly body: string
  readonly senderId: string
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>>
  /** Delay in seconds; the queue's default if absent. */
  readonly delaySeconds?: number
}

/** A standard queue: at-least-once, mostly in order. Messages never expire, as the local clock can jump. */
export interface Queue {
  readonly arn: string
  readonly url: string
  readonly visibilityTimeoutSeconds: number
  send(message: NewMessage): QueueMessage
  /**
   * Receives up to `maximum` visible messages. They stay in flight, independent of the clock, until they are hidden for
   * a time, released or removed. Messages over the maximum receive count go to the dead-letter queue instead.
   */
  take(maximum: number): readonly QueueMessage[]
  /** Returns an in-flight message: it becomes visible again after its visibility timeout. */
  release(id: string): void
  /** Sets the visibility timeout of a received message; it stays invisible while it is in flight. */
  changeVisibility(id: string, seconds: number): void
  remove(id: string): void
  counts(): { readonly visible: number; readonly notVisible: number; readonly delayed: number }
  /** Calls the listener whenever messages may have become visible; returns an unsubscribe function. */
  onVisible(listener: () => void): () => void
  stop(): void
}

export interface QueueOptions {
  readonly arn: string
  readonly url: string
  readonly visibilityTimeoutSeconds: number
  readonly delaySeconds: number
  /** Extra delays in seconds, one for each delivered copy of a new message; one copy without delay if absent. */
  readonly deliveries?: () => readonly number[]
  readonly redrive?: {
    readonly maxReceiveCount: number
    /** Accepts a dead letter and keeps its id. */
    readonly toDeadLetters: (message: QueueMessage) => void
  }
  readonly clock: LocalClock
  readonly journal: Journal<QueueMessage>
}

/** `adopt` is called by another queue to move a dead letter here. */
export const createQueue = (options: QueueOptions): Queue & { adopt(message: QueueMessage): void } => {
  const { clock, journal, redrive, deliveries = () => [0] } = options
  const visible = fifo()
  const hidden = new Map<string, QueueMessage>()
  const due = priorityQueue<QueueMessage>()
  const listeners = new Set<() => void>()
  let announced = false
  let alarm: { readonly instant: number; readonly cancel: () => void } | undefined

  const announce = () => {
    for (const listener of [...listeners]) listener()
  }
  // Deferred, so that messages sent together are received together.
  const announceSoon = () => {
    if (announced) return
    announced = true
    setImmediate(() => {
      announced = false
      announce()
    })
  }

  const setAlarm = (instant: number) => {
    if (alarm && alarm.instant <= instant) return
    alarm?.cancel()
    alarm = { instant, cancel: clock.at(instant, showDue) }
  }
  const showDue = () => {
    alarm = undefined
    const now = clock.now()
    for (let next = due.first(); next; next = due.first()) {
      const { at, item: message } = next
      // Stale heap entries: the message was removed or rescheduled.
      const isWaiting = hidden.get(message.id) === message && message.visibleAt === at
      if (isWaiting && at > now) break
      due.take()
      if (!isWaiting) continue
      hidden.delete(message.id)
      visible.push(message.id)
    }
    const next = due.first()
    if (next) setAlarm(next.at)
    announce()
  }

  const enqueue = (message: QueueMessage) => {
    if (message.visibleAt > clock.now()) {
      hidden.set(message.id, message)
      due.add(message.visibleAt, message)
      setAlarm(message.visibleAt)
    } else {
      visible.push(message.id)
      announceSoon()
    }
  }

  for (const message of journal.values()) enqueue(message)

  const next = (): QueueMessage | undefined => {
    for (let id = visible.shift(); id !== undefined; id = visible.shift()) {
      const message = journal.get(id)
      if (!message) continue
      if (!redrive || message.receives < redrive.maxReceiveCount) return message
      journal.delete(id)
      redrive.toDeadLetters(message)
    }
    return undefined
  }

  const add = (message: QueueMessage): QueueMessage => {
    journal.set(message.id, message)
    enqueue(message)
    return message
  }

  return {
    arn: options.arn,
    url: options.url,
    visibilityTimeoutSeconds: options.visibilityTimeoutSeconds,
    send({ body, senderId, attributes = {}, delaySeconds = options.delaySeconds }) {
      const [first = 0, ...copies] = deliveries()
      const addAfter = (seconds: number) =>
        add({
          id: randomUUID(),
          body,
          attributes,
          senderId,
          sentAt: clock.now(),
          receives: 0,
          visibleAt: clock.now() + (delaySeconds + seconds) * 1_000,
        })
      const message = addAfter(first)
      for (const seconds of copies) addAfter(seconds)
      return message
    },
    adopt: (message) => void add({ ...message, receives: 0, visibleAt: 0 }),
    take(maximum) {
      const taken: QueueMessage[] = []
      while (taken.length < maximum) {
        const message = next()
        if (!message) break
        message.receives += 1
        message.firstReceivedAt ??= clock.now()
        message.visibleAt = clock.now() + options.visibilityTimeoutSeconds * 1_000
        journal.set(message.id, message)
        taken.push(message)
      }
      return taken
    },
    release(id) {
      const message = journal.get(id)
      if (message) enqueue(message)
    },
    changeVisibility(id, seconds) {
      const message = journal.get(id)
      if (!message) return
      message.visibleAt = clock.now() + seconds * 1_000
      journal.set(id, message)
      if (hidden.delete(id)) enqueue(message)
    },
    remove(id) {
      journal.delete(id)
      hidden.delete(id)
    },
    counts() {
      const messages = [...journal.values()]
      const delayed = messages.filter((message) => hidden.has(message.id) && message.receives === 0).length
      const ready = visible.ids().filter((id) => journal.get(id)).length
      return { visible: ready, notVisible: messages.length - ready - delayed, delayed }
    },
    onVisible(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      alarm?.cancel()
      listeners.clear()
      journal.close()
    },
  }
}

/** A FIFO queue with constant-time operations. */
const fifo = () => {
  let items: string[] = []
  let head = 0
  return {
    push: (item: string) => void items.push(item),
    shift(): string | undefined {
      const item = items[head]
      head += 1
      if (head >= items.length) {
        items = []
        head = 0
      } else if (head > 10_000) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
    ids: () => items.slice(head),
  }
}
