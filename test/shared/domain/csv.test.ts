import { describe, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { type CsvRecord, csvReader } from '../../../shared/domain/csv.ts'
import { fc } from '../../support/properties.ts'

const read = (text: string, pieceLength = 7): CsvRecord[] => {
  const reader = csvReader()
  const records: CsvRecord[] = []
  for (let from = 0; from < text.length; from += pieceLength) {
    records.push(...reader.push(text.slice(from, from + pieceLength)))
  }
  return [...records, ...reader.end()]
}
const fieldsOf = (text: string) => read(text).map((record) => ('fields' in record ? record.fields : record.reason))
const linesOf = (text: string) => read(text).map(({ line }) => line)

describe('a CSV file', () => {
  test('may have a byte order mark, LF or CRLF, and no line break at its end', () => {
    expect(fieldsOf('\uFEFFa,b\r\n1,2\n3,')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', ''],
    ])
  })

  test('may quote fields, with commas, quotes and line breaks in them', () => {
    expect(fieldsOf('"a","b, c"\n"say ""hi""","two\r\nlines"\n')).toEqual([
      ['a', 'b, c'],
      ['say "hi"', 'two\r\nlines'],
    ])
  })

  test('counts lines as an editor does, including empty lines and multi-line records', () => {
    expect(linesOf('a,b\n\n"1\n\n2",x\r\n"3\r\n4",y\nlast,z')).toEqual([1, 3, 6, 8])
  })

  test('that is empty has no records', () => {
    expect(read('')).toEqual([])
    expect(read('\n\r\n')).toEqual([])
  })
})

describe('a record that cannot be read', () => {
  test.each([
    ['a quote inside a plain field', 'a"b,c', 'a quote stands inside'],
    ['text after a closing quote', '"a"b,c', 'text follows a closing quote'],
    ['a quote that is never closed', '"a,b', 'a quote is not closed'],
  ])('for %s is told with its line, and hides no row after it', (_, bad, reason) => {
    const records = read(`x,y\n${bad}\n1,2\n`)
    expect(records[1]).toEqual({ line: 2, reason: expect.stringContaining(reason) })
    expect(records.at(-1)).toEqual({ line: 3, fields: ['1', '2'] })
  })

  test('because it is too long is refused without buffering it', () => {
    const reader = csvReader()
    const records = Array.from({ length: 100 }, () => reader.push('x'.repeat(10_000))).flat()
    expect([...records, ...reader.end()]).toEqual([{ line: 1, reason: expect.stringContaining('too long') }])
  })
})

test('any written CSV is read back unchanged, as by csv-parse, wherever the chunks are split', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '😀') })
  const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 })
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const written = (text: string, always: boolean) => (always || /[",\r\n]/.test(text) ? quoted(text) : text)
  fc.assert(
    fc.property(
      rows,
      fc.boolean(),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 9 }),
      (data, always, end, cut) => {
        const text = data.map((row) => row.map((value) => written(value, always)).join(',')).join(end)
        const records = read(text, cut).map((record) => ('fields' in record ? record.fields : record.reason))
        expect(records).toEqual(data)
        const theirs: string[][] = parse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n'] })
        expect(records).toEqual(theirs)
      },
    ),
    { numRuns: 300 },
  )
})
