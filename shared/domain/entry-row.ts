import { findExam, type Mode } from './catalogue.ts'
import type { Entry } from './entry.ts'
import { fieldReader, isDate, isPlainText } from './fields.ts'
import { idNumberPattern, normaliseNumber, secretNumberPattern, sessionPattern } from './identifiers.ts'
import type { FieldFault } from './import.ts'
import type { Columns, Header } from './import-header.ts'

/** One row of an entries file. */
export interface EntryRow {
  readonly entry: Entry
  /** In the form in which it is compared (R20). */
  readonly secretNumber: string
}

export const entryColumns: Columns = {
  required: [
    'id_number',
    'secret_number',
    'given_name',
    'family_name',
    'exam',
    'date_taken',
    'mode',
    'centre_number',
    'session',
  ],
  optional: [],
}

/** A row as it stands alone, or everything that is wrong with it. */
export const readEntryRow = (header: Header, fields: readonly string[]): EntryRow | FieldFault[] => {
  const { text, checked, refuse, faults } = fieldReader(header, fields)
  const idNumber = normaliseNumber(text('id_number'))
  if (!idNumberPattern.test(idNumber)) refuse('id_number', 'not 6 to 12 letters and digits')
  const secretNumber = normaliseNumber(text('secret_number'))
  if (!secretNumberPattern.test(secretNumber)) refuse('secret_number', 'not 4 to 12 letters and digits')

  const isName = (name: string) => isPlainText(name, 100)
  const givenName = checked(
    'given_name',
    isName,
    'longer than 100 characters, or with a line break or control character',
  )
  const familyName = checked(
    'family_name',
    isName,
    'longer than 100 characters, or with a line break or control character',
  )
  if (`${givenName}${familyName}`.trim() === '') refuse('given_name', 'given name and family name are both empty')

  const dateTaken = checked('date_taken', isDate, 'not a date of the form YYYY-MM-DD')
  const exam = findExam(text('exam'))
  const mode = checked('mode', (value) => value === 'paper' || value === 'digital', 'neither paper nor digital') as Mode
  if (!exam) refuse('exam', 'not in the catalogue')
  else if (isDate(dateTaken) && exam.takenFrom && dateTaken < exam.takenFrom) {
    refuse('date_taken', `before ${exam.takenFrom}, from when results of this exam are given here`)
  } else if (!exam.modes.includes(mode) && ['paper', 'digital'].includes(mode)) {
    refuse('mode', 'this exam is not taken in this mode')
  }
  const centreNumber = checked(
    'centre_number',
    (value) => /^[A-Za-z0-9-]{1,20}$/.test(value),
    'not 1 to 20 letters, digits and hyphens',
  )
  const session = checked('session', (value) => sessionPattern.test(value), 'not 1 to 48 of a-z, 0-9 and hyphens')
  if (faults.length > 0) return faults
  return {
    entry: { idNumber, exam: exam?.code ?? '', dateTaken, mode, centreNumber, session, givenName, familyName },
    secretNumber,
  }
}

/** What all entries of a session have in common. */
export type SessionFacts = Pick<Entry, 'exam' | 'dateTaken' | 'mode'>

/** In what an entry differs from its session. */
export const sessionFaults = (entry: Entry, facts: SessionFacts): FieldFault[] => {
  const reason = 'differs from the other entries of this session'
  return [
    ...(entry.exam === facts.exam ? [] : [{ column: 'exam', reason }]),
    ...(entry.dateTaken === facts.dateTaken ? [] : [{ column: 'date_taken', reason }]),
    ...(entry.mode === facts.mode ? [] : [{ column: 'mode', reason }]),
  ]
}
