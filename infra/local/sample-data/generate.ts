import { catalogue, type Exam, type Mode } from '../../../shared/domain/catalogue.ts'
import type { Entry } from '../../../shared/domain/entry.ts'
import { achieve, type SampleAchievement } from './grades.ts'
import { sampleCountries } from './people.ts'
import { type RandomNumbers, randomNumbers } from './random.ts'

export interface SampleEntry extends Entry {
  readonly secretNumber: string
}

export interface SampleResult extends SampleAchievement {
  readonly idNumber: string
  readonly session: string
}

/** Parameters of the sample data; the same parameters give the same data. */
export interface Recipe {
  readonly seed: number
  readonly count: number
  /** `YYYY-MM-DD`: all exams were taken in the weeks before this date. */
  readonly today: string
}

/** Ten candidates per exam and mode. The date is fixed, so that loading the data again changes nothing. */
export const localRecipe: Recipe = { seed: 1, count: 310, today: '2026-11-21' }

/** Invented candidates with valid numbers, spread evenly over the sessions of all exams. */
export const generateEntries = ({ seed, count, today }: Recipe): SampleEntry[] => {
  const sessions = sessionsBefore(today)
  const random = randomNumbers(seed)
  const firstId = random.between(0, idNumbers - 1)
  return Array.from({ length: count }, (_, index) => {
    const session = sessions[index % sessions.length]
    if (!session) throw new Error(`no exam has been taken before ${today}`)
    return {
      ...person(random),
      ...session,
      idNumber: idNumberOf((firstId + index * idStep) % idNumbers),
      secretNumber: secretNumber(random),
    }
  })
}

/** One result for each entry. */
export const generateResults = (
  entries: readonly Pick<SampleEntry, 'idNumber' | 'session' | 'exam'>[],
): SampleResult[] =>
  entries.map(({ idNumber, session, exam }) => ({
    idNumber,
    session,
    ...achieve(exam, randomNumbers(Number(idNumber.slice(1)))),
  }))

/** The candidate of the README's tour: the first one of B2 First digital. */
export const tourCandidate = (entries: readonly SampleEntry[]): SampleEntry => {
  const found = entries.find(({ exam, mode }) => exam === 'b2-first' && mode === 'digital')
  if (!found) throw new Error('no sample candidate sits B2 First digitally')
  return found
}

type Session = Pick<Entry, 'exam' | 'mode' | 'dateTaken' | 'session'>

/** One session per exam and mode, on past Saturdays chosen so that some results are due and others are not (R52). */
const sessionsBefore = (today: string): Session[] =>
  catalogue.flatMap(({ code, modes, takenFrom = '' }, index) =>
    modes
      .map((mode) => ({ exam: code, mode, dateTaken: saturdayBefore(today, weeksSince(mode, index)) }))
      .filter(({ dateTaken }) => dateTaken >= takenFrom)
      .map((session) => ({ ...session, session: sessionName(session) })),
  )

const weeksSince = (mode: Mode, index: number) => (mode === 'digital' ? 1 + (index % 3) : 3 + 2 * (index % 3))

const saturdayBefore = (today: string, weeks: number): string => {
  const date = new Date(`${today}T00:00:00Z`)
  const daysSinceSaturday = (date.getUTCDay() + 1) % 7
  date.setUTCDate(date.getUTCDate() - daysSinceSaturday - 7 * weeks)
  return date.toISOString().slice(0, 10)
}

const sessionName = ({ exam, mode, dateTaken }: { exam: Exam['code']; mode: Mode; dateTaken: string }): string =>
  `${dateTaken}-${exam}-${mode}`

const person = (random: RandomNumbers) => {
  const { givenNames, familyNames, centres } = random.pick(sampleCountries)
  return {
    givenName: random.pick(givenNames).replaceAll('_', ' '),
    familyName: random.pick(familyNames).replaceAll('_', ' '),
    centreNumber: random.pick(centres),
  }
}

const idNumbers = 10 ** 8
/** Coprime to the number of ID numbers, so that no ID number repeats before all were used. */
const idStep = 61_803_399
const idNumberOf = (number: number) => `B${String(number).padStart(8, '0')}`

/** Without vowels and letters that look like digits, so that no ID number spells a word or is misread. */
const secretCharacters = '0123456789BCDFGHJKMNPQRSTVWXZ'.split('')
const secretNumber = (random: RandomNumbers): string =>
  Array.from({ length: random.between(4, 8) }, () => random.pick(secretCharacters)).join('')
