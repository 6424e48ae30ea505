import type { Centre } from '../../../shared/domain/centre.ts'
import type { SampleEntry, SampleResult } from './generate.ts'

const entryColumns = {
  id_number: 'idNumber',
  secret_number: 'secretNumber',
  given_name: 'givenName',
  family_name: 'familyName',
  exam: 'exam',
  date_taken: 'dateTaken',
  mode: 'mode',
  centre_number: 'centreNumber',
  session: 'session',
} as const satisfies Record<string, keyof SampleEntry>

/** An entries file (contracts, *Files*). */
export const entriesCsv = (entries: readonly SampleEntry[]): string =>
  csv(
    Object.keys(entryColumns),
    entries.map((entry) => Object.values(entryColumns).map((field) => entry[field])),
  )

const centreColumns = {
  centre_number: 'centreNumber',
  name: 'name',
  country: 'country',
  city: 'city',
  email: 'email',
  phone: 'phone',
  website: 'website',
  closed_from: 'closedFrom',
  closed_to: 'closedTo',
} as const satisfies Record<string, keyof Centre>

/** A centres file. */
export const centresCsv = (centres: readonly Centre[]): string =>
  csv(
    Object.keys(centreColumns),
    centres.map((centre) => Object.values(centreColumns).map((field) => centre[field])),
  )

/** A results file with a column for each skill that occurs; empty if an exam does not have it. */
export const resultsCsv = (results: readonly SampleResult[]): string => {
  const skillNames = [...new Set(results.flatMap(({ skills }) => skills.map(({ name }) => name)))]
  return csv(
    ['id_number', 'session', 'grade', 'overall_score', 'cefr_level', ...skillNames.map((name) => `skill:${name}`)],
    results.map(({ idNumber, session, grade, overallScore, cefrLevel, skills }) => [
      idNumber,
      session,
      grade,
      overallScore,
      cefrLevel,
      ...skillNames.map((skill) => skills.find(({ name }) => name === skill)?.score),
    ]),
  )
}

type Cell = string | number | undefined

/** RFC 4180, with LF. */
const csv = (header: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [header, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')

const cell = (value: Cell = ''): string => {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
