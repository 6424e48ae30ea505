import { type Guard, hasFreeSlot } from '../../../shared/domain/sign-in-guard.ts'
import { type EpochMilliseconds, epochMilliseconds } from '../../../shared/domain/time.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'

interface Row extends Guard {
  readonly lastRight?: string
  readonly lastRightAt?: EpochMilliseconds
}

const nothing: Row = { inFlight: new Set(), wrong: new Set(), lastAttemptAt: epochMilliseconds(0) }

/** Guards in a map; each method is one atomic change, like one conditional write. */
export const inMemorySignInGuards = () => {
  const rows = new Map<string, Row>()
  const rowOf = (guardId: string) => rows.get(guardId) ?? nothing
  const without = (ids: ReadonlySet<string>, id: string) => new Set([...ids].filter((other) => other !== id))

  return {
    rows,
    async reserve(guardId, attempt, now) {
      const row = rowOf(guardId)
      const isLate = row.lastRightAt !== undefined && now < row.lastRightAt
      if (isLate || !hasFreeSlot(row, now) || row.wrong.has(attempt)) return { outcome: 'refused', guard: row }
      const guard = { ...row, inFlight: new Set([...row.inFlight, attempt]), lastAttemptAt: now }
      rows.set(guardId, guard)
      return { outcome: 'reserved', guard }
    },
    async restart(guardId, attempt, now, seen) {
      const row = rowOf(guardId)
      const same = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
        a.size === b.size && [...a].every((id) => b.has(id))
      if (!same(row.inFlight, seen.inFlight) || !same(row.wrong, seen.wrong)) return false
      rows.set(guardId, { ...row, inFlight: new Set([attempt]), wrong: new Set(), lastAttemptAt: now })
      return true
    },
    async settleWrong(guardId, attempt, now) {
      const row = rowOf(guardId)
      if (row.inFlight.has(attempt)) {
        const wrong = new Set([...row.wrong, attempt])
        const consecutive = (row.consecutive ?? 0) + 1
        rows.set(guardId, { ...row, inFlight: without(row.inFlight, attempt), wrong, lastWrongAt: now, consecutive })
      }
      return rows.get(guardId)
    },
    async settleRight(guardId, attempt, now) {
      const row = rowOf(guardId)
      if (!row.inFlight.has(attempt)) return row.lastRight === attempt
      rows.set(guardId, {
        ...row,
        inFlight: without(row.inFlight, attempt),
        wrong: new Set(),
        consecutive: 0,
        lastRight: attempt,
        lastRightAt: now,
      })
      return true
    },
    async release(guardId, attempt) {
      const row = rowOf(guardId)
      if (row.inFlight.has(attempt)) rows.set(guardId, { ...row, inFlight: without(row.inFlight, attempt) })
    },
  } satisfies SignInGuards & Record<string, unknown>
}
