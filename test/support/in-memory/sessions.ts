import { randomBytes } from 'node:crypto'
import type { Session } from '../../../shared/domain/session.ts'
import type { Sessions } from '../../../shared/ports/sessions.ts'

/** Sessions in a map by token; `writes` counts the writes to the table. */
export const inMemorySessions = () => {
  const rows = new Map<string, Session>()
  const counted = { writes: 0 }
  return {
    rows,
    counted,
    async begin(session) {
      const token = randomBytes(32).toString('base64url')
      rows.set(token, session)
      return token
    },
    async find(token) {
      return rows.get(token)
    },
    async extend(token, { idleUntil }) {
      counted.writes++
      const session = rows.get(token)
      if (session) rows.set(token, { ...session, idleUntil })
    },
    async end(token) {
      rows.delete(token)
    },
  } satisfies Sessions & Record<string, unknown>
}
