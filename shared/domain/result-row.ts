import { fieldReader, isPlainText } from './fields.ts'
import { idNumberPattern, normaliseNumber, sessionPattern } from './identifiers.ts'
import type { FieldFault } from './import.ts'
import type { Columns, Header } from './import-header.ts'
import { type ResultState, type ResultVersion, resultStates } from './result.ts'

/** One row of a results file. */
export type ResultRow = Pick<ResultVersion, 'idNumber' | 'session' | 'state' | 'payload'>

const skillPrefix = 'skill:'

export const resultColumns: Columns = {
  required: ['id_number', 'session', 'grade', 'overall_score', 'cefr_level'],
  optional: ['state'],
  others: /^skill:[\p{L}\p{N}](?:[\p{L}\p{N} &'_-]{0,38}[\p{L}\p{N}])?$/u,
}

const score = /^\d{1,4}(\.\d{1,3})?$/
const cefrLevel = /^(Pre-A1|(A1|A2|B1|B2|C1|C2)\+?)$/

/** A row as it stands alone, or everything that is wrong with it. */
export const readResultRow = (header: Header, fields: readonly string[]): ResultRow | FieldFault[] => {
  const { text, checked, refuse, faults } = fieldReader(header, fields)
  const isScore = (value: string) => value === '' || score.test(value)
  const idNumber = normaliseNumber(text('id_number'))
  if (!idNumberPattern.test(idNumber)) refuse('id_number', 'not 6 to 12 letters and digits')
  const session = checked('session', (value) => sessionPattern.test(value), 'not 1 to 48 of a-z, 0-9 and hyphens')
  const grade = checked('grade', (value) => value.trim() !== '' && isPlainText(value, 40), 'not 1 to 40 characters')
  const overall = checked('overall_score', isScore, 'not a number')
  const level = checked('cefr_level', (value) => value === '' || cefrLevel.test(value), 'not a level of the CEFR')
  const state = text('state') || 'final'
  if (!resultStates.includes(state as ResultState)) refuse('state', 'not final, held or withdrawn')
  const skills = [...header.keys()]
    .filter((column) => column.startsWith(skillPrefix))
    .map((column) => ({ column, value: checked(column, isScore, 'not a number') }))
    .filter(({ value }) => value !== '')
    .map(({ column, value }) => ({ name: column.slice(skillPrefix.length), score: Number(value) }))
  if (faults.length > 0) return faults
  return {
    idNumber,
    session,
    state: state as ResultState,
    payload: {
      grade,
      ...(overall !== '' && { overallScore: Number(overall) }),
      ...(level !== '' && { cefrLevel: level }),
      skills,
    },
  }
}
