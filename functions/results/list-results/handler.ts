import type { ResultAnswer } from '../../../shared/contracts/answers.ts'
import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { toIso } from '../../../shared/domain/time.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import type { ListedResult, ListResults } from './list-results.ts'

export const listResultsHandler = (listResults: ListResults, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.listResults, options, async ({ caller }) => {
    const listed = await listResults(caller)
    return { status: 200, body: { results: listed.map(resultAnswer) } }
  })

const resultAnswer = ({ entry, expectedFrom, expectedTo, standing }: ListedResult): ResultAnswer => {
  const { session, exam, dateTaken, mode } = entry
  const base = { session, exam, dateTaken, mode, status: standing.status, expectedFrom, expectedTo }
  switch (standing.status) {
    case 'released':
    case 'corrected': {
      const { visibleFrom, version, payload } = standing.version
      const { grade, overallScore, cefrLevel, skills } = payload
      return {
        ...base,
        ...(visibleFrom !== undefined && { releasedAt: toIso(visibleFrom) }),
        grade,
        ...(overallScore !== undefined && { overallScore }),
        ...(cefrLevel !== undefined && { cefrLevel }),
        ...(skills.length > 0 && { skills: skills.map(({ name, score }) => ({ name, score })) }),
        version,
      }
    }
    case 'held':
    case 'withdrawn':
    case 'awaited':
    case 'expected':
    case 'late':
      return base
  }
}
