/** How an exam is sat. */
export type Mode = 'paper' | 'digital'

/** One exam of the catalogue (requirements, *Catalogue*). */
export interface Exam {
  readonly code: string
  readonly name: string
  /** The name that was used earlier, as candidates may remember it. */
  readonly formerName?: string
  /** Level of the Common European Framework, where the exam has one. */
  readonly level?: 'Pre-A1' | 'A1' | 'A2' | 'B1' | 'B2' | 'C1' | 'C2'
  readonly modes: readonly Mode[]
  /** Only if taken on or after this date, `YYYY-MM-DD`, inclusive (R57). */
  readonly takenFrom?: string
}

const both: readonly Mode[] = ['paper', 'digital']

const exam = (name: string, formerName?: string, level?: Exam['level'], modes = both): Exam => ({
  code: name.toLowerCase().replaceAll(' ', '-'),
  name,
  modes,
  ...(formerName && { formerName }),
  ...(level && { level }),
})

const youngLearners = (name: string, level: Exam['level']): Exam => ({
  ...exam(name, undefined, level),
  takenFrom: '2020-09-01',
})

/** The 17 exams of the catalogue, in its order (R56). */
export const catalogue: readonly Exam[] = [
  exam('A2 Key', 'Cambridge English: Key (KET)', 'A2'),
  exam('A2 Key for Schools', 'Cambridge English: Key for Schools (KETfS)', 'A2'),
  exam('B1 Preliminary', 'Cambridge English: Preliminary (PET)', 'B1'),
  exam('B1 Preliminary for Schools', 'Cambridge English: Preliminary for Schools (PETfS)', 'B1'),
  exam('B2 First', 'Cambridge English: First (FCE)', 'B2'),
  exam('B2 First for Schools', 'Cambridge English: First for Schools (FCEfS)', 'B2'),
  exam('C1 Advanced', 'Cambridge English: Advanced (CAE)', 'C1'),
  exam('C2 Proficiency', 'Cambridge English: Proficiency (CPE)', 'C2'),
  exam('B1 Business Preliminary', 'Business Preliminary (BEC)', 'B1'),
  exam('B2 Business Vantage', 'Business Vantage (BEC)', 'B2'),
  exam('C1 Business Higher', 'Business Higher (BEC)', 'C1'),
  exam('DELTA Module One', undefined, undefined, ['paper']),
  exam('DELTA Module Two', undefined, undefined, ['paper']),
  exam('DELTA Module Three', undefined, undefined, ['paper']),
  youngLearners('Pre A1 Starters', 'Pre-A1'),
  youngLearners('A1 Movers', 'A1'),
  youngLearners('A2 Flyers', 'A2'),
]

/** The exam with this code, if it is in the catalogue. */
export const findExam = (code: string): Exam | undefined => catalogue.find((candidate) => candidate.code === code)
