import type { FieldFault } from './import.ts'
import type { ResultState } from './result.ts'
import type { ResultRow } from './result-row.ts'

/** Both ends included. */
export interface ScoreRange {
  readonly from: number
  readonly to: number
}

/** A grade with the overall scores that earn it and the level that it certifies. */
export interface GradeBand extends ScoreRange {
  readonly grade: string
  readonly level: string
}

/** What the results of one exam may say (R56). A board that grades otherwise changes the tables below and nothing else. */
export interface ExamRules {
  /** The grades of final results, also those of earlier years; case and the words `Grade` or `Pass at Grade` before it do not count. */
  readonly grades: readonly string[]
  /** The certified grades, best first; empty where no score stands behind a grade. */
  readonly bands: readonly GradeBand[]
  /** Levels of the CEFR that a result may be reported at, a `+` after them aside; a result may also have none. */
  readonly levels: readonly string[]
  /** Absent where the exam has no overall score. */
  readonly overall?: ScoreRange
  /** Absent where skills have no scores. Boards name them as they like: these are the usual ones, in the order of the exam. */
  readonly skills?: ScoreRange & { readonly names: readonly string[] }
}

/** Grades of somebody who was not certified, in the words of several years; nobody is told a level or a score by them. */
const uncertified = ['D', 'E', 'U', 'X', 'Narrow Fail', 'Fail', 'Not reported', 'Absent']
const passes = ['Pass with Distinction', 'Pass with Merit', 'Pass']

const fourSkills = ['reading', 'writing', 'listening', 'speaking']
const fiveSkills = ['reading', 'use-of-english', 'writing', 'listening', 'speaking']

/**
 * An exam on the common scale: it certifies its own level from 20 points above `bottom` on, the level below from
 * `bottom`, and the level above from 40; scores are reported from 20 below to 50 above.
 */
const onScale = (bottom: number, [below, own, above]: readonly [string, string, string], names: readonly string[]) => {
  const range = { from: bottom - 20, to: bottom + 50 }
  const bands = [
    { grade: 'A', from: bottom + 40, to: bottom + 50, level: above },
    { grade: 'B', from: bottom + 33, to: bottom + 39, level: own },
    { grade: 'C', from: bottom + 20, to: bottom + 32, level: own },
    { grade: `Level ${below}`, from: bottom, to: bottom + 19, level: below },
  ]
  const grades = [...bands.map(({ grade }) => grade), `Council of Europe Level ${below}`, ...passes, ...uncertified]
  const levels = [...new Set([below, own, above])]
  return { grades, bands, levels, overall: range, skills: { ...range, names } }
}

/** Shields for each skill, up to five; every child who takes part is given some. */
const inShields = (...levels: readonly string[]): ExamRules => {
  const sums = Array.from({ length: 15 }, (_, index) => String(index + 1))
  return {
    grades: [...sums.map((sum) => `${sum} shields`), '1 shield', ...sums, 'Award', 'Pass', 'Not reported', 'Absent'],
    bands: [],
    levels,
    overall: { from: 0, to: 15 },
    skills: { from: 0, to: 5, names: ['listening', 'reading-and-writing', 'speaking'] },
  }
}

const withoutScore: ExamRules = { grades: [...passes, 'Fail', 'Not reported', 'Absent'], bands: [], levels: [] }

const a2 = onScale(100, ['A1', 'A2', 'B1'], fourSkills)
const b1 = onScale(120, ['A2', 'B1', 'B2'], fourSkills)
const b2 = onScale(140, ['B1', 'B2', 'C1'], fiveSkills)
const c1 = onScale(160, ['B2', 'C1', 'C2'], fiveSkills)

/** By the exam's code in the catalogue; modes, and from when an exam counts (R57), stand there. */
export const examRules: Readonly<Record<string, ExamRules>> = {
  'a2-key': a2,
  'a2-key-for-schools': a2,
  'b1-preliminary': b1,
  'b1-preliminary-for-schools': b1,
  'b2-first': b2,
  'b2-first-for-schools': b2,
  'c1-advanced': c1,
  'c2-proficiency': onScale(180, ['C1', 'C2', 'C2'], fiveSkills),
  'b1-business-preliminary': b1,
  'b2-business-vantage': onScale(140, ['B1', 'B2', 'C1'], fourSkills),
  'c1-business-higher': onScale(160, ['B2', 'C1', 'C2'], fourSkills),
  'delta-module-one': withoutScore,
  'delta-module-two': withoutScore,
  'delta-module-three': withoutScore,
  'pre-a1-starters': inShields('Pre-A1'),
  'a1-movers': inShields('Pre-A1', 'A1'),
  'a2-flyers': inShields('A1', 'A2'),
}

/**
 * What is wrong with a result for an exam; none for an exam without rules. Only what is surely wrong: scores and level
 * may be missing, a grade need not fit its score and may be in words of the board's own, and a held or withdrawn result
 * may have whatever stands in for a grade.
 */
export const examFaults = (exam: string, { state, payload }: Pick<ResultRow, 'state' | 'payload'>): FieldFault[] => {
  const rules = examRules[exam]
  if (!rules) return []
  const { grade, overallScore, cefrLevel, skills } = payload
  return [
    ...gradeFaults(exam, state, grade),
    ...scoreFaults('overall_score', overallScore, rules.overall, 'this exam has no overall score'),
    ...levelFaults(rules, cefrLevel),
    ...skills.flatMap(({ name, score }) =>
      scoreFaults(`skill:${name}`, score, rules.skills, 'this exam has no scores for skills'),
    ),
  ]
}

/** Whether the exam has this grade; one that it has not is refused or, in words of the board's own, for people to look at. */
export const isUsualGrade = (exam: string, grade: string): boolean => usualGrades.get(exam)?.has(plain(grade)) ?? true

const gradeFaults = (exam: string, state: ResultState, grade: string): FieldFault[] => {
  const isBearable = state !== 'final' || isUsualGrade(exam, grade) || isOfItsOwn(grade)
  return isBearable ? [] : [{ column: 'grade', reason: 'not a grade of this exam' }]
}

/** Words that no exam here uses: a board may have such a grade. Three characters, or what looks like a known grade, are a slip. */
const isOfItsOwn = (grade: string): boolean => grade.trim().length > 3 && !knownForms.has(formOf(grade))

const plain = (grade: string): string =>
  grade
    .trim()
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replace(/^(pass at )?grade /, '')

const formOf = (grade: string): string => plain(grade).replaceAll(/\d+/g, '#').replace(/s$/, '')

// Made once: an import asks for a million rows.
const usualGrades = new Map(Object.entries(examRules).map(([exam, { grades }]) => [exam, new Set(grades.map(plain))]))
const knownForms = new Set(Object.values(examRules).flatMap(({ grades }) => grades.map(formOf)))

const levelFaults = ({ levels }: ExamRules, level: string | undefined): FieldFault[] => {
  if (level === undefined || levels.includes(level.replace('+', ''))) return []
  const reason = levels.length === 0 ? 'this exam certifies no level' : `not a level of this exam: ${levels.join(', ')}`
  return [{ column: 'cefr_level', reason }]
}

const scoreFaults = (
  column: string,
  score: number | undefined,
  range: ScoreRange | undefined,
  whereNone: string,
): FieldFault[] => {
  if (score === undefined) return []
  if (!range) return [{ column, reason: whereNone }]
  const isWithin = score >= range.from && score <= range.to
  return isWithin ? [] : [{ column, reason: `not between ${range.from} and ${range.to}, as in this exam` }]
}
