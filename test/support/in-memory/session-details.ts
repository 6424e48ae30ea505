import type { SessionSummary } from '../../../shared/domain/release-preview.ts'
import type { SessionDetails } from '../../../shared/ports/session-details.ts'
import type { SessionSummaries } from '../../../shared/ports/session-summaries.ts'
import type { inMemoryResults } from './results.ts'
import type { inMemorySessionMembers } from './session-members.ts'

/** Grades and countries of the results in memory; by default the only centre is in Spain. */
export const inMemorySessionDetails = (
  members: ReturnType<typeof inMemorySessionMembers>,
  results: ReturnType<typeof inMemoryResults>,
) => {
  const countries = new Map([['ES123', 'ES']])
  const details: SessionDetails = {
    async factsOf(session) {
      return members.entries.some((entry) => entry.session === session) ? { exam: 'b2-first' } : undefined
    },
    async payloads(wanted) {
      return wanted.flatMap(({ idNumber, version }) => results.versionsOf(idNumber)[version - 1]?.payload ?? [])
    },
    async countriesOf(centreNumbers) {
      return centreNumbers.flatMap((centreNumber) => countries.get(centreNumber) ?? [])
    },
  }
  return { countries, ...details }
}

export const inMemorySessionSummaries = () => {
  const rows = new Map<string, SessionSummary>()
  return {
    rows,
    async keep(summary) {
      rows.set(summary.session, summary)
    },
    async find(session) {
      return rows.get(session)
    },
    async ofExam(exam) {
      return [...rows.values()].filter((row) => row.exam === exam)
    },
  } satisfies SessionSummaries & Record<string, unknown>
}
