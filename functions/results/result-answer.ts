import type { ResultAnswer } from '../../shared/contracts/answers.ts'
import { type EpochMilliseconds, toIso } from '../../shared/domain/time.ts'
import type { ListedResult } from '../../shared/protocols/list-results.ts'

/** An entry as candidates see it: a grade only from a visible version (R50, R53). */
export const resultAnswer = ({ entry, expectedFrom, expectedTo, result }: ListedResult): ResultAnswer => {
  const { session, exam, dateTaken, mode } = entry
  const base = { session, exam, dateTaken, mode, status: result.status, expectedFrom, expectedTo }
  switch (result.status) {
    case 'released':
    case 'corrected': {
      const { version, payload } = result.version
      const { grade, overallScore, cefrLevel, skills } = payload
      return {
        ...base,
        ...instant('releasedAt', result.releasedAt),
        ...instant('correctedAt', result.correctedAt),
        grade,
        ...(overallScore !== undefined && { overallScore }),
        ...(cefrLevel !== undefined && { cefrLevel }),
        ...(skills.length > 0 && { skills: skills.map(({ name, score }) => ({ name, score })) }),
        version,
      }
    }
    case 'held':
    case 'withdrawn':
      return { ...base, ...instant('correctedAt', result.correctedAt) }
    case 'awaited':
    case 'expected':
    case 'late':
      return base
  }
}

const instant = <Name extends string>(name: Name, at: EpochMilliseconds | undefined) =>
  at === undefined ? {} : ({ [name]: toIso(at) } as Record<Name, string>)
