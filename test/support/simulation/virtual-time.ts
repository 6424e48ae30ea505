import { priorityQueue } from '../../../infra/local/priority-queue.ts'
import { type EpochMilliseconds, epochMilliseconds, later } from '../../../shared/domain/time.ts'

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
  // What happens at one instant happens in the order in which it was planned.
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
