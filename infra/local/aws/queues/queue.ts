import { randomUUID } from 'node:crypto'
import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import { priorityQueue } from '../../priority-queue.ts'
import type { LocalClock } from '../../types.ts'
import type { Journal } from '../journal.ts'

/** A message as its queue keeps it. */
export interface QueueMessage {
  readonly id: string
  readonly body: string
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>
  readonly senderId: string
  /** Epoch milliseconds, as all instants here. */
  readonly sentAt: number
  /** The queue that it was moved here from. */
  readonly deadLetterSource?: string
  receives: number
  firstReceivedAt?: number
  /** When it may be received (again), unless it is being worked on. */
  visibleAt: number
}

/** What a sender gives. */
interface NewMessage {
  readonly body: string
  readonly senderId: string
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>>
  /** The queue's own delay if absent. */
  readonly delaySeconds?: number
}

/** A standard queue: at least once, nearly in order. Messages never expire, since the local clock jumps. */
export interface Queue {
  readonly arn: string
  readonly url: string
  readonly visibilityTimeoutSeconds: number
  send(message: NewMessage): QueueMessage
  /**
   * Takes up to `maximum` messages that are visible. They stay invisible, whatever the clock shows, until they are
   * hidden for a time, released or removed. Those received too often before go to the dead letters instead.
   */
  take(maximum: number): readonly QueueMessage[]
  /** Ends the work on a message that was taken: visible again when its visibility timeout is over. */
  release(id: string): void
  /** Sets the visibility timeout of a message that was received; one that is being worked on stays invisible. */
  changeVisibility(id: string, seconds: number): void
  remove(id: string): void
  counts(): { readonly visible: number; readonly notVisible: number; readonly delayed: number }
  /** Calls the listener whenever messages may have become visible; returns a cancel function. */
  onVisible(listener: () => void): () => void
  stop(): void
}

export interface QueueOptions {
  readonly arn: string
  readonly url: string
  readonly visibilityTimeoutSeconds: number
  readonly delaySeconds: number
  /** Seconds after which each copy of a new message comes, beside its delay; one copy at once if absent. */
  readonly deliveries?: () => readonly number[]
  readonly redrive?: {
    readonly maxReceiveCount: number
    /** Takes a message over, with its id. */
    readonly toDeadLetters: (message: QueueMessage) => void
  }
  readonly clock: LocalClock
  readonly journal: Journal<QueueMessage>
}

/** `adopt` is how another queue hands over a dead letter. */
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
  // Messages that are sent together are received together.
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
      // One that was removed, or given another instant, stands there still.
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

/** First in, first out, also with a hundred thousand in it. */
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
