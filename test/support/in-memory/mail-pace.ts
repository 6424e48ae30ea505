import type { MailPace } from '../../../shared/ports/mail-pace.ts'

/** The one row that senders share. */
export const inMemoryMailPace = () => {
  const row = { freeAt: 0, alarms: new Set<string>(), stopped: new Set<string>() }
  return {
    row,
    async take(milliseconds, now) {
      const startsAt = Math.max(row.freeAt, now)
      row.freeAt = startsAt + milliseconds
      return { startsAt, alarms: [...row.alarms], stopped: [...row.stopped] }
    },
  } satisfies MailPace & Record<string, unknown>
}
