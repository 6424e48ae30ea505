import { describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { csvOf } from '../../../shared/domain/csv-export.ts'
import { fc } from '../../support/properties.ts'

/** What people open in a spreadsheet: G5. */
const readBack = (csv: string) => parse(csv, { record_delimiter: '\r\n', relax_column_count: true }) as string[][]

describe('a CSV file for people', () => {
  test.each(['=1+1', '+49 171', '-2', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u200B=1', '＝1', '=cmd|"/c calc"!A1'])(
    'exports %j as text, not as a formula',
    (formula) => {
      expect(readBack(csvOf([[formula]]))).toEqual([[`'${formula}`]])
    },
  )

  test('writes numbers as numbers, and names unchanged', () => {
    expect(csvOf([[-2, 17, 'Łukasz-Ñandú', "O'Connor", 'a=b', '']])).toBe("-2,17,Łukasz-Ñandú,O'Connor,a=b,\r\n")
  })

  test('is parsed by another library cell by cell, whatever its content', () => {
    const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '""', ',', '\r\n', '\n', '=', "'", ' '))
    const row = fc.array(cell, { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const read = readBack(csvOf(rows))
        const isText = (text: string, from: string) => text === from || text === `'${from}`
        expect(read.map((cells) => cells.length)).toEqual(rows.map((cells) => cells.length))
        for (const [at, cells] of rows.entries()) {
          for (const [position, text] of cells.entries()) expect(isText(read[at]?.[position] ?? '', text)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
