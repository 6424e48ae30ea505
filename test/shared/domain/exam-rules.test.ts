import { describe, expect, test } from '@jest/globals'
import { generateEntries, generateResults } from '../../../infra/local/sample-data/generate.ts'
import { catalogue } from '../../../shared/domain/catalogue.ts'
import { examFaults, examRules, isUsualGrade } from '../../../shared/domain/exam-rules.ts'
import type { ResultPayload, ResultState } from '../../../shared/domain/result.ts'

/** What results of each exam may say (R56); an import refuses the rest (R62). */
const faultsOf = (exam: string, payload: Partial<ResultPayload>, state: ResultState = 'final') =>
  examFaults(exam, { state, payload: { grade: 'Pass', skills: [], ...payload } }).map(
    ({ column, reason }) => `${column}: ${reason}`,
  )

const exams = catalogue.map(({ code }) => code)
const withoutScore = exams.filter((code) => code.startsWith('delta'))
const youngLearners = ['pre-a1-starters', 'a1-movers', 'a2-flyers']
const onScale = exams.filter((code) => ![...withoutScore, ...youngLearners].includes(code))

test('there are rules for each of the seventeen exams, and for no other (R56)', () => {
  expect(Object.keys(examRules)).toEqual(exams)
  expect([onScale.length, withoutScore.length, youngLearners.length]).toEqual([11, 3, 3])
})

describe('an exam on the scale', () => {
  test.each(onScale)('%s certifies its own level, the one below and the one above, each score in one band', (code) => {
    const { bands = [], levels = [], overall } = examRules[code] ?? {}
    const own = catalogue.find((exam) => exam.code === code)?.level ?? ''
    expect(levels).toContain(own)
    expect(new Set(bands.map(({ level }) => level))).toEqual(new Set(levels))
    expect(bands[0]?.to).toBe(overall?.to)
    for (const [index, { from }] of bands.entries()) expect(bands[index + 1]?.to ?? from - 1).toBe(from - 1)
  })

  test.each([
    ['b2-first', 'C1', 190],
    ['b2-first', 'B2', 160],
    ['b2-first', 'B1', 140],
    ['b2-first', undefined, 120],
    ['a2-key', 'B1', 150],
    ['c2-proficiency', 'C1', 180],
    ['c2-proficiency', 'C2', 230],
    ['c1-business-higher', 'B2', 160],
  ])('%s may be reported at level %s with a score of %i', (exam, cefrLevel, overallScore) => {
    expect(faultsOf(exam, { grade: 'B', overallScore, ...(cefrLevel && { cefrLevel }) })).toEqual([])
  })

  test.each([
    ['a level two below', { cefrLevel: 'A2' }, 'cefr_level: not a level of this exam: B1, B2, C1'],
    ['a level two above', { cefrLevel: 'C2' }, 'cefr_level: not a level of this exam: B1, B2, C1'],
    ['a score below the scale', { overallScore: 119 }, 'overall_score: not between 120 and 190, as in this exam'],
    ['a score above the scale', { overallScore: 191 }, 'overall_score: not between 120 and 190, as in this exam'],
    ['percents for scores', { overallScore: 87.5 }, 'overall_score: not between 120 and 190, as in this exam'],
    [
      'a skill above the scale',
      { skills: [{ name: 'Reading', score: 200 }] },
      'skill:Reading: not between 120 and 190, as in this exam',
    ],
    ['a grade that there is not', { grade: 'Q' }, 'grade: not a grade of this exam'],
    ['another exam’s certificate', { grade: 'Level B2' }, 'grade: not a grade of this exam'],
    ['a level that there is not', { grade: 'Level B7' }, 'grade: not a grade of this exam'],
    ['a number for a grade', { grade: '172' }, 'grade: not a grade of this exam'],
    ['shields', { grade: '12 shields' }, 'grade: not a grade of this exam'],
  ])('B2 First has no result with %s', (_, payload, told) => {
    expect(faultsOf('b2-first', payload)).toEqual([told])
  })

  test.each(['A', 'b', ' C ', 'Grade A', 'Pass at Grade C', 'Level B1', 'Council of Europe  Level B1', 'PASS', 'Fail'])(
    'B2 First accepts the grade %j',
    (grade) => {
      expect(faultsOf('b2-first', { grade })).toEqual([])
    },
  )

  test('an unknown grade in words is accepted, and distinguished from a known one', () => {
    expect(faultsOf('b2-first', { grade: 'Mit Auszeichnung' })).toEqual([])
    expect(isUsualGrade('b2-first', 'Mit Auszeichnung')).toBe(false)
    expect(isUsualGrade('b2-first', 'grade b')).toBe(true)
  })

  test('a level may be refined by a plus, and skills may have any name', () => {
    expect(faultsOf('b2-first', { cefrLevel: 'B2+', skills: [{ name: 'Lesen', score: 165.5 }] })).toEqual([])
  })

  test('scores and level may be missing', () => {
    for (const exam of onScale) expect(faultsOf(exam, { grade: 'C' })).toEqual([])
  })
})

describe('the DELTA modules', () => {
  test.each(withoutScore)('%s is passed or failed, without score, level and skills', (exam) => {
    for (const grade of ['Pass with Distinction', 'Pass with Merit', 'Pass', 'Fail']) {
      expect(faultsOf(exam, { grade })).toEqual([])
    }
    expect(
      faultsOf(exam, { grade: 'A', overallScore: 180, cefrLevel: 'C2', skills: [{ name: 'reading', score: 1 }] }),
    ).toEqual([
      'grade: not a grade of this exam',
      'overall_score: this exam has no overall score',
      'cefr_level: this exam certifies no level',
      'skill:reading: this exam has no scores for skills',
    ])
  })
})

describe('the young learners’ exams', () => {
  test.each(youngLearners)('%s gives up to five shields a skill', (exam) => {
    expect(faultsOf(exam, { grade: '15 shields', skills: [{ name: 'listening', score: 5 }] })).toEqual([])
    expect(faultsOf(exam, { grade: '16 shields', skills: [{ name: 'listening', score: 6 }] })).toEqual([
      'grade: not a grade of this exam',
      'skill:listening: not between 0 and 5, as in this exam',
    ])
    expect(faultsOf(exam, { grade: 'A' })).toEqual(['grade: not a grade of this exam'])
  })
})

describe('any exam', () => {
  test.each(['held', 'withdrawn'] as const)('may have anything in place of a grade while it is %s', (state) => {
    for (const exam of exams) expect(faultsOf(exam, { grade: '-' }, state)).toEqual([])
    expect(faultsOf('b2-first', { grade: '-', overallScore: 999 }, state)).toHaveLength(1)
  })

  test('never has a field’s content repeated in an error', () => {
    const payload = { grade: 'K4NARY', overallScore: 7777, cefrLevel: 'A9', skills: [{ name: 'reading', score: 8888 }] }
    for (const exam of exams) expect(faultsOf(exam, payload).join()).not.toMatch(/K4NARY|7777|A9|8888/)
  })

  test('takes every result of the sample data', () => {
    const entries = generateEntries({ seed: 3, count: 5_000, today: '2026-11-22' })
    const faults = generateResults(entries).flatMap((payload, index) => faultsOf(entries[index]?.exam ?? '', payload))
    expect(faults).toEqual([])
  })

  test('that is not in the catalogue has no rules: its results are listed by the plan, not refused', () => {
    expect(faultsOf('esperanto', { grade: 'Q', overallScore: 1 })).toEqual([])
  })
})
