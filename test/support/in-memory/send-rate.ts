import type { SendRate } from '../../../shared/ports/send-rate.ts'

/** The one row that senders share. */
export const inMemorySendRate = () => {
  const row = {
    ...{ freeAt: 0, lastTurnAt: 0, delayed: 0, priorityFreeAt: 0 },
    ...{ alarms: new Set<string>(), stopped: new Set<string>() },
  }
  const state = () => ({ delayed: row.delayed, alarms: [...row.alarms], stopped: [...row.stopped] })
  return {
    row,
    async take(milliseconds, now) {
      const startsAt = Math.max(row.freeAt, now)
      row.freeAt = startsAt + milliseconds
      row.lastTurnAt = now
      return { startsAt, ...state() }
    },
    async read() {
      return state()
    },
    async takePriority({ milliseconds, spacing, burst, now, from }) {
      if (row.priorityFreeAt >= now + burst) return { outcome: 'over-limit' }
      const freeAt = Math.max(row.freeAt, from)
      row.freeAt = freeAt + milliseconds
      row.delayed += milliseconds
      row.priorityFreeAt = Math.max(row.priorityFreeAt, now) + spacing
      return { outcome: 'granted', freeAt, lastTurnAt: row.lastTurnAt }
    },
  } satisfies SendRate & Record<string, unknown>
}
