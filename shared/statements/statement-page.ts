import { findExam } from '../domain/catalogue.ts'
import type { Language } from '../domain/language.ts'
import type { Statement } from '../domain/statement.ts'
import { statementTexts } from '../locales/statement/index.ts'

/** A label with what it says, as they stand beside each other. */
export type Row = readonly [label: string, value: string]

/** What stands on the page of a statement, in reading order; a printer gives it its looks. */
export interface StatementPage {
  readonly language: Language
  readonly issuer: string
  readonly title: string
  /** For the file: names the exam, and nobody. */
  readonly fileTitle: string
  readonly details: readonly Row[]
  readonly result: { readonly heading: string; readonly rows: readonly Row[] }
  /** Absent where the exam has no scores for skills. */
  readonly skills?: { readonly heading: string; readonly columns: Row; readonly rows: readonly Row[] }
  readonly notes: readonly string[]
  /** Since when this version may be seen, in milliseconds. */
  readonly shownSince: number
}

/** The page of a statement in a language, in the name of the service that issues it. */
export const statementPage = (
  { entry, centreName, result: { status, version, releasedAt, correctedAt } }: Statement,
  language: Language,
  issuer: string,
): StatementPage => {
  const texts = statementTexts[language]
  const exam = findExam(entry.exam)?.name ?? entry.exam
  const { grade, overallScore, cefrLevel, skills } = version.payload
  const shownSince = correctedAt ?? releasedAt
  if (shownSince === undefined) throw new Error('what has no instant is visible to nobody')
  return {
    language,
    issuer,
    title: texts.title,
    fileTitle: `${texts.title}: ${exam}`,
    details: [
      [texts.name, `${entry.givenName} ${entry.familyName}`.trim()],
      [texts.idNumber, entry.idNumber],
      [texts.exam, exam],
      [texts.dateTaken, dateIn(language, Date.parse(entry.dateTaken))],
      [texts.centre, centreName === undefined ? entry.centreNumber : `${centreName} (${entry.centreNumber})`],
      ...(releasedAt === undefined ? [] : [[texts.released, dateIn(language, releasedAt)] as const]),
      ...(correctedAt === undefined ? [] : [[texts.corrected, dateIn(language, correctedAt)] as const]),
      [texts.version, String(version.version)],
    ],
    result: {
      heading: texts.result,
      rows: [
        [texts.grade, grade],
        ...(overallScore === undefined ? [] : [[texts.overallScore, numberIn(language, overallScore)] as const]),
        ...(cefrLevel === undefined ? [] : [[texts.cefrLevel, cefrLevel] as const]),
      ],
    },
    ...(skills.length > 0 && {
      skills: {
        heading: texts.skills,
        columns: [texts.skill, texts.score],
        rows: skills.map(({ name, score }) => [skillName(name, texts.skillNames), numberIn(language, score)] as const),
      },
    }),
    notes: [
      ...(status === 'corrected' ? [texts.correctedNote] : []),
      texts.note,
      ...(cefrLevel === undefined ? [] : [texts.cefrNote]),
    ],
    shownSince,
  }
}

/** A calendar date as people write it; an instant is told by its date in UTC. */
const dateIn = (language: Language, instant: number): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    instant,
  )

const numberIn = (language: Language, value: number): string =>
  new Intl.NumberFormat(language, { useGrouping: false, maximumFractionDigits: 3 }).format(value)

/** The usual names are translated, whatever their letter case and separators; others stand as the board wrote them. */
const skillName = (name: string, known: Readonly<Record<string, string>>): string => {
  const key = name.toLowerCase().replaceAll(' & ', ' and ').replaceAll(/[ _]+/g, '-')
  return Object.hasOwn(known, key) ? (known[key] ?? name) : name
}
