import { describe, expect, test } from '@jest/globals'
import { readHeader } from '../../../shared/domain/import-header.ts'
import { resultColumns } from '../../../shared/domain/result-row.ts'

describe('an unrecognizable header has one error, with advice', () => {
  test.each([
    ['semicolons', 'id_number;session;grade;overall_score;cefr_level', 'separated by semicolons: save it with commas'],
    ['tabs', 'id_number\tsession\tgrade', 'separated by tabs: save it with commas'],
  ])('separated by %s', (_how, row, reason) => {
    expect(readHeader([row], resultColumns)).toEqual([{ column: 'header', reason }])
  })

  test('with lines that end with CR alone, and nothing of its rows is repeated', () => {
    const names = 'id_number,session,grade,overall_score,cefr_level\rR1000001,Secret,C'.split(',')
    const reason = 'lines end with CR alone: save it with LF or CRLF'
    expect(readHeader(names, resultColumns)).toEqual([{ column: 'header', reason }])
  })

  test('in UTF-16, read as bytes', () => {
    const read = Buffer.from('\uFEFFid_number,session', 'utf16le').toString('utf8').split(',')
    expect(readHeader(read, resultColumns)).toEqual([{ column: 'header', reason: 'not UTF-8: save it as CSV UTF-8' }])
  })

  test('but a file without header has errors by column, without repeating its content', () => {
    const faults = readHeader(['R1000001;2026', 'B'], resultColumns)
    expect(faults).toContainEqual({ column: 'column 1', reason: 'unknown column' })
    expect(JSON.stringify(faults)).not.toContain('R1000001')
    expect(readHeader(['R1000001;s;B'], resultColumns)).toContainEqual({ column: 'column 1', reason: 'unknown column' })
  })
})
