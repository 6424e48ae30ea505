import { priorityQueue } from '../../../infra/local/priority-queue.ts'
import { type EpochMilliseconds, epochMilliseconds, later } from '../../../shared/domain/time.ts'

/** Discrete-event simulation time: it advances from one scheduled event to the next. */
export interface VirtualTime {
  now(): EpochMilliseconds
  /** Schedules an action after the given milliseconds. */
  after(milliseconds: number, happen: () => void): void
  /**
   * Runs all scheduled events one by one, each until everything it started is waiting again. Ends early once `isOver`
   * returns true; it is called before each event.
   */
  run(isOver?: () => boolean): Promise<void>
}

/** Resolves when everything started by an event is waiting again. */
type Settled = (then: () => void) => void

/** A `nextTick` callback queued by a microtask runs after all microtasks, including those queued by others. */
const whenMicrotasksAreDone: Settled = (then) => queueMicrotask(() => process.nextTick(then))

/** For code that defers work to the next turn of the event loop. */
export const whenTurnIsOver: Settled = (then) => void setImmediate(then)

export const virtualTime = (start = '2026-11-23T09:00:00.000Z', settled = whenMicrotasksAreDone): VirtualTime => {
  let now = epochMilliseconds(Date.parse(start))
  // Events at the same instant run in the order in which they were scheduled.
  const planned = priorityQueue<() => void>()
  return {
    now: () => now,
    after: (milliseconds, happen) => planned.add(later(now, milliseconds), happen),
    run: (isOver = () => false) =>
      new Promise((done, fail) => {
        const step = () => {
          const event = isOver() ? undefined : planned.take()
          if (!event) return done()
          now = epochMilliseconds(event.at)
          try {
            event.item()
          } catch (error) {
            return fail(error)
          }
          settled(step)
        }
        step()
      }),
  }
}
