import type { ControlTotals } from './import.ts'

/** Counts rows by session as a file is read. */
export interface SessionCount {
  /** Undefined for a row without a session. */
  add(session: string | undefined): void
  readonly rows: () => number
  readonly bySession: () => ReadonlyMap<string, number>
}

export const sessionCount = (): SessionCount => {
  const bySession = new Map<string, number>()
  let rows = 0
  return {
    add(session) {
      rows++
      if (session !== undefined) bySession.set(session, (bySession.get(session) ?? 0) + 1)
    },
    rows: () => rows,
    bySession: () => bySession,
  }
}

/** The totals of a file that was read to its end. */
export const controlTotals = (
  count: SessionCount,
  sha256: string,
  examOf: (session: string) => string | undefined,
): ControlTotals => {
  const exams: Record<string, number> = {}
  for (const [session, rows] of count.bySession()) {
    const exam = examOf(session) ?? 'unknown'
    exams[exam] = (exams[exam] ?? 0) + rows
  }
  return { rows: count.rows(), sha256, sessions: Object.fromEntries(count.bySession()), exams }
}

/** In what a second reading of the file differs from the first; exams are left out, for entries may have come in between. */
export const differingTotals = (
  first: ControlTotals,
  second: Pick<ControlTotals, 'rows' | 'sha256' | 'sessions'>,
): readonly string[] => {
  const sessions = new Set([...Object.keys(first.sessions), ...Object.keys(second.sessions)])
  return [
    ...(first.rows === second.rows ? [] : ['rows']),
    ...(first.sha256 === second.sha256 ? [] : ['SHA-256']),
    ...([...sessions].every((session) => first.sessions[session] === second.sessions[session]) ? [] : ['sessions']),
  ]
}
