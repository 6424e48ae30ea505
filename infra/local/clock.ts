import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LocalClock } from './types.ts'

/** The clock's offset from the system clock in milliseconds; while it is frozen, the instant at which it stands. */
export interface ClockState {
  readonly offset: number
  readonly frozenAt?: number
}

/** A clock that can be moved. */
export interface MovableClock extends LocalClock {
  state(): ClockState
  /** Calls the listener immediately and after each move or freeze; returns an unsubscribe function. */
  follow(listener: (state: ClockState) => void): () => void
  /** Moves to the instant (epoch milliseconds) and resolves once all due callbacks have started. Throws ClockRefusal. */
  moveTo(instant: number): Promise<void>
  /** The same, relative to the current instant, in milliseconds. */
  advance(milliseconds: number): Promise<void>
  /** Freezes the clock, or lets it continue from the instant at which it was frozen. */
  freeze(frozen: boolean): void
  /** Cancels all timers. */
  stop(): void
}

/** The reason why the clock was not moved. */
export class ClockRefusal extends Error {
  override readonly name = 'ClockRefusal'
}

/** The last instant with a four-digit year. */
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z')
const maxTimer = 3_600_000

interface Waiting {
  readonly instant: number
  readonly callback: () => void
}

/** The local run's clock. With a file, its offset is stored there, so that a restart never moves it back. */
export const movableClock = (file?: string): MovableClock => {
  let state: ClockState = { offset: file ? keptOffset(file) : 0 }
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const waiting = new Set<Waiting>()
  const listeners = new Set<(state: ClockState) => void>()
  const now = () => state.frozenAt ?? Date.now() + state.offset

  const change = (next: ClockState) => {
    state = next
    if (file) keepOffset(file, state.offset)
    for (const listener of listeners) listener(state)
    setTimer()
  }

  const due = () => [...waiting].filter(({ instant }) => instant <= now()).toSorted((a, b) => a.instant - b.instant)

  const runDue = () => {
    for (const entry of due()) {
      // An earlier callback may have cancelled this one.
      if (waiting.delete(entry)) entry.callback()
    }
  }

  const setTimer = () => {
    clearTimeout(timer)
    if (stopped || waiting.size === 0) return
    const wait = Math.min(...[...waiting].map(({ instant }) => instant)) - now()
    if (state.frozenAt !== undefined && wait > 0) return
    timer = setTimeout(
      () => {
        runDue()
        setTimer()
      },
      Math.max(0, Math.min(wait, maxTimer)),
    )
  }

  const move = async (from: number, to: number) => {
    if (!(to <= lastInstant)) throw new ClockRefusal('The clock ends with the year 9999.')
    if (to < from) {
      throw new ClockRefusal(`The clock only moves forward: it shows ${iso(from)}, asked for ${iso(to)}.`)
    }
    change({ offset: to - Date.now(), ...(state.frozenAt !== undefined && { frozenAt: to }) })
    // A started callback may have scheduled another one that is due as well, such as a retry.
    do {
      runDue()
      await nextTurn()
    } while (due().length > 0)
    setTimer()
  }

  return {
    now,
    state: () => state,
    at(instant, callback) {
      const entry = { instant, callback }
      waiting.add(entry)
      setTimer()
      return () => {
        waiting.delete(entry)
      }
    },
    follow(listener) {
      listeners.add(listener)
      listener(state)
      return () => listeners.delete(listener)
    },
    moveTo: (instant) => move(now(), instant),
    advance(milliseconds) {
      const from = now()
      return move(from, from + milliseconds)
    },
    freeze(frozen) {
      const shown = now()
      change({ offset: shown - Date.now(), ...(frozen && { frozenAt: shown }) })
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const iso = (instant: number) => new Date(instant).toISOString()

const keptOffset = (file: string): number => {
  try {
    const { offset } = JSON.parse(readFileSync(file, 'utf8')) as ClockState
    return Number.isFinite(offset) ? offset : 0
  } catch {
    return 0
  }
}

const keepOffset = (file: string, offset: number) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ offset }))
}
