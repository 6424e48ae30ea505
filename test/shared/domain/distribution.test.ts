import { describe, expect, test } from '@jest/globals'
import { emptyDistribution, outliers, together, withResults } from '../../../shared/domain/distribution.ts'
import type { ResultPayload } from '../../../shared/domain/result.ts'

const many = (count: number, of: (index: number) => Partial<ResultPayload>) =>
  withResults(
    emptyDistribution,
    Array.from({ length: count }, (_, index) => ({ grade: 'B', skills: [], ...of(index) })),
  )
/** Half B, half C, scores around 170 with a deviation of 10. */
const usual = (count: number) =>
  many(count, (index) => ({ grade: index % 2 === 0 ? 'B' : 'C', overallScore: index % 2 === 0 ? 180 : 160 }))

describe('a session compared with earlier ones of its exam', () => {
  test('is not flagged if its grades and scores are distributed as before', () => {
    expect(outliers(usual(100), together([usual(40), usual(60)]))).toEqual([])
  })

  test('is flagged for a grade that is much more or less frequent', () => {
    const now = many(100, (index) => ({ grade: index < 80 ? 'A' : 'B' }))
    expect(outliers(now, usual(100))).toEqual([
      '80 % have the grade A; in earlier releases it was 0 %',
      '20 % have the grade B; in earlier releases it was 50 %',
      '0 % have the grade C; in earlier releases it was 50 %',
    ])
  })

  test('is flagged for a mean that moved by more than half a standard deviation', () => {
    const by = (points: number) =>
      outliers(
        many(100, (index) => ({
          grade: index % 2 === 0 ? 'B' : 'C',
          overallScore: (index % 2 === 0 ? 180 : 160) + points,
        })),
        usual(100),
      )
    expect(by(5)).toEqual([])
    expect(by(-5.1)).toEqual(['the mean score is 164.9; in earlier releases it was 170.0'])
  })

  test('is not compared with too few results on either side, or by scores that an exam does not have', () => {
    const few = many(19, () => ({ grade: 'A' }))
    expect(outliers(few, usual(100))).toEqual([])
    expect(outliers(usual(100), few)).toEqual([])
    const pass = many(30, () => ({ grade: 'Pass' }))
    expect(outliers(pass, pass)).toEqual([])
  })
})
