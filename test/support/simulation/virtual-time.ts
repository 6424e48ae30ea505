import { type EpochMilliseconds, epochMilliseconds, later } from '../../../shared/domain/time.ts'

interface Event {
  readonly at: EpochMilliseconds
  /** Events of one instant happen in the order in which they were planned. */
  readonly order: number
  readonly happen: () => void
}

/** Time that passes only from one planned event to the next. */
export interface VirtualTime {
  now(): EpochMilliseconds
  /** Plans something to happen after milliseconds. */
  after(milliseconds: number, happen: () => void): void
  /**
   * Lets everything that is planned happen, one event at a time: each is followed to where it waits again before the
   * next. Ends early once `isOver` says so, which is asked before each event.
   */
  run(isOver?: () => boolean): Promise<void>
}

/** When everything that an event has set going waits again. */
type Settled = (then: () => void) => void

/** A tick that is asked for by a microtask comes when no microtask is left, those that others ask for included. */
const whenMicrotasksAreDone: Settled = (then) => queueMicrotask(() => process.nextTick(then))

/** For what puts work off to the next turn of the event loop. */
export const whenTurnIsOver: Settled = (then) => void setImmediate(then)

export const virtualTime = (start = '2026-11-23T09:00:00.000Z', settled = whenMicrotasksAreDone): VirtualTime => {
  let now = epochMilliseconds(Date.parse(start))
  let planned = 0
  const queue = earliestFirst()
  return {
    now: () => now,
    after: (milliseconds, happen) => queue.add({ at: later(now, milliseconds), order: planned++, happen }),
    run: (isOver = () => false) =>
      new Promise((done, fail) => {
        const step = () => {
          const event = isOver() ? undefined : queue.take()
          if (!event) return done()
          now = event.at
          try {
            event.happen()
          } catch (error) {
            return fail(error)
          }
          settled(step)
        }
        step()
      }),
  }
}

const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap. */
const earliestFirst = () => {
  const heap: Event[] = []
  const at = (index: number) => heap[index] as Event
  return {
    add(event: Event) {
      let index = heap.push(event) - 1
      while (index > 0) {
        const parent = (index - 1) >> 1
        if (!isBefore(event, at(parent))) break
        heap[index] = at(parent)
        index = parent
      }
      heap[index] = event
    },
    take(): Event | undefined {
      const [first] = heap
      const last = heap.pop()
      if (!last || heap.length === 0) return first
      let index = 0
      for (;;) {
        const left = 2 * index + 1
        if (left >= heap.length) break
        const child = left + 1 < heap.length && isBefore(at(left + 1), at(left)) ? left + 1 : left
        if (!isBefore(at(child), last)) break
        heap[index] = at(child)
        index = child
      }
      heap[index] = last
      return first
    },
  }
}
