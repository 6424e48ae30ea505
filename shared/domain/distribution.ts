import type { ResultPayload } from './result.ts'

/** How the results of a session are spread, as numbers that name nobody. */
export interface Distribution {
  readonly results: number
  /** How often each grade was given. */
  readonly grades: Readonly<Record<string, number>>
  /** Of the overall scores, where there are any. */
  readonly scores: { readonly count: number; readonly sum: number; readonly sumOfSquares: number }
}

export const emptyDistribution: Distribution = {
  results: 0,
  grades: {},
  scores: { count: 0, sum: 0, sumOfSquares: 0 },
}

/** With these results added. */
export const withResults = (before: Distribution, payloads: readonly ResultPayload[]): Distribution => {
  const grades: Record<string, number> = { ...before.grades }
  const scores = { ...before.scores }
  for (const { grade, overallScore } of payloads) {
    grades[grade] = (grades[grade] ?? 0) + 1
    if (overallScore === undefined) continue
    scores.count++
    scores.sum += overallScore
    scores.sumOfSquares += overallScore ** 2
  }
  return { results: before.results + payloads.length, grades, scores }
}

/** Several as one. */
export const together = (all: readonly Distribution[]): Distribution =>
  all.reduce((sum, { results, grades, scores }) => {
    const both = { ...sum.grades }
    for (const [grade, count] of Object.entries(grades)) both[grade] = (both[grade] ?? 0) + count
    return {
      results: sum.results + results,
      grades: both,
      scores: {
        count: sum.scores.count + scores.count,
        sum: sum.scores.sum + scores.sum,
        sumOfSquares: sum.scores.sumOfSquares + scores.sumOfSquares,
      },
    }
  }, emptyDistribution)

/** Fewer results than this say nothing about how they are spread. */
export const minSampleSize = 20
/** In percentage points: a shift of a grade's share that a person should look at. */
const maxShift = 15
/** In standard deviations of a candidate's score, by which a session's mean may differ. */
const maxDrift = 0.5

/** In what a session differs from earlier ones of its exam, in sentences; none if it does not, or if too few are there. */
export const outliers = (now: Distribution, earlier: Distribution): readonly string[] => {
  if (now.results < minSampleSize || earlier.results < minSampleSize) return []
  return [...shifts(now, earlier), ...drift(now, earlier)]
}

const shareOf = ({ grades, results }: Distribution, grade: string) => ((grades[grade] ?? 0) / results) * 100

const shifts = (now: Distribution, earlier: Distribution): string[] =>
  [...new Set([...Object.keys(earlier.grades), ...Object.keys(now.grades)])].toSorted().flatMap((grade) => {
    const [before, after] = [shareOf(earlier, grade), shareOf(now, grade)]
    return Math.abs(after - before) > maxShift
      ? [`${after.toFixed(0)} % have the grade ${grade}; in earlier releases it was ${before.toFixed(0)} %`]
      : []
  })

const drift = (now: Distribution, earlier: Distribution): string[] => {
  if (now.scores.count < minSampleSize || earlier.scores.count < minSampleSize) return []
  const [before, after] = [meanOf(earlier), meanOf(now)]
  const deviation = Math.sqrt(Math.max(0, earlier.scores.sumOfSquares / earlier.scores.count - before ** 2))
  return Math.abs(after - before) > maxDrift * deviation
    ? [`the mean score is ${after.toFixed(1)}; in earlier releases it was ${before.toFixed(1)}`]
    : []
}

const meanOf = ({ scores: { sum, count } }: Distribution) => sum / count
