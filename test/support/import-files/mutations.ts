import type { Random } from '../simulation/seeded-random.ts'
import { type GeneratedFile, pick } from './generated-file.ts'

type OfCells = (file: GeneratedFile, random: Random) => void
type OfBytes = (bytes: Buffer, random: Random) => Buffer

const anyRow = ({ rows }: GeneratedFile, random: Random) => pick(random, rows)
const anyCell = (random: Random, row: readonly string[]) => random.below(row.length)
const setCell = (file: GeneratedFile, random: Random, change: (text: string) => string) => {
  const row = anyRow(file, random)
  const at = anyCell(random, row)
  row[at] = change(row[at] ?? '')
}
const column = (file: GeneratedFile, name: string) => file.header.indexOf(name)

/** Mutations of cells and rows, before encoding. */
export const ofCells: Readonly<Record<string, OfCells>> = {
  'a row twice': (file, random) => file.rows.push([...anyRow(file, random)]),
  'an ID twice, in small letters': (file, random) => {
    const row = [...anyRow(file, random)]
    row[column(file, 'id_number')] = (row[column(file, 'id_number')] ?? '').toLowerCase()
    file.rows.splice(random.below(file.rows.length + 1), 0, row)
  },
  'an empty cell': (file, random) => setCell(file, random, () => ''),
  'two cells swapped': (file, random) => {
    const row = anyRow(file, random)
    const [a, b] = [anyCell(random, row), anyCell(random, row)]
    ;[row[a], row[b]] = [row[b] ?? '', row[a] ?? '']
  },
  'two columns swapped under their names': (file, random) => {
    const [a, b] = [anyCell(random, file.header), anyCell(random, file.header)]
    for (const row of file.rows) [row[a], row[b]] = [row[b] ?? '', row[a] ?? '']
  },
  'a cell too few': (file, random) => anyRow(file, random).pop(),
  'a cell too few in the middle': (file, random) => anyRow(file, random).splice(random.below(file.header.length), 1),
  'a cell too many': (file, random) => anyRow(file, random).splice(random.below(file.header.length + 1), 0, ''),
  'empty cells to the right, in all rows': ({ header, rows }) => {
    for (const row of [header, ...rows]) row.push('')
  },
  'a column without a name': ({ header }, random) => {
    header[anyCell(random, header)] = ''
  },
  'a column under another name': ({ header }, random) => {
    header[anyCell(random, header)] = pick(random, [
      'ID_Number',
      ' session',
      'names',
      'grade ',
      '=exam',
      'skill:=1+1',
      'state',
    ])
  },
  'a column twice': ({ header }, random) => {
    header[anyCell(random, header)] = pick(random, header)
  },
  'no header': (file) => {
    file.header.splice(0, file.header.length, ...(file.rows.shift() ?? []))
  },
  'the header once more, in the middle': (file, random) =>
    file.rows.splice(random.below(file.rows.length + 1), 0, [...file.header]),
  'no rows': ({ rows }) => {
    rows.length = 0
  },
  'a line break in a cell': (file, random) => setCell(file, random, (text) => `${text}\n`),
  'spaces around a cell': (file, random) => setCell(file, random, (text) => `  ${text} `),
  'a formula in a cell': (file, random) => setCell(file, random, (text) => `=${text}`),
  'a text marker in a cell, as spreadsheets use it': (file, random) => setCell(file, random, (text) => `'${text}`),
  'a date as a spreadsheet shows it': (file, random) => {
    const at = column(file, 'date_taken')
    if (at >= 0) anyRow(file, random)[at] = pick(random, ['14/11/2026', '46340', '2026-11-31', '2026-11-14T00:00:00'])
  },
  'a number as a spreadsheet shows it': (file, random) =>
    setCell(file, random, () => pick(random, ['1E+05', '172,5', '1.72e2', '0x10', '１７２', '-1', 'NaN', 'TRUE'])),
  'a long cell': (file, random) => setCell(file, random, (text) => text.padEnd(300, 'x')),
  'another session’s exam': (file, random) => {
    const at = column(file, 'exam')
    if (at >= 0) anyRow(file, random)[at] = pick(random, ['b2-first', 'c1-advanced', 'a2-key', 'klingon'])
  },
}

const at = (bytes: Buffer, random: Random) => random.below(bytes.length + 1)
const insert = (bytes: Buffer, where: number, ...added: readonly number[]) =>
  Buffer.concat([bytes.subarray(0, where), Buffer.from(added), bytes.subarray(where)])
const retyped = (bytes: Buffer, change: (text: string) => string) => Buffer.from(change(bytes.toString()))

/** Bytes that break readers. */
const nasty = [
  ...[[0x00], [0x22], [0x0d], [0x0a], [0x0d, 0x0a], [0x2c], [0x3b], [0x09], [0x1b], [0x80], [0xff], [0xc3], [0x27]],
  ...[
    [0xef, 0xbb, 0xbf],
    [0xef, 0xbf, 0xbd],
    [0xe2, 0x80, 0xa8],
    [0xc2, 0xa0],
    [0xc2, 0x85],
    [0xed, 0xa0, 0x80],
  ],
  ...[[0x0b], [0x0c], [0x1a], [0xf0, 0x9f, 0x98], [0x22, 0x22], [0x22, 0x2c, 0x22], [0x5c, 0x22], [0xe2, 0x80, 0x8f]],
]

/** Mutations of the encoded bytes. */
export const ofBytes: Readonly<Record<string, OfBytes>> = {
  'cut off anywhere': (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  'cut off at a line end': (bytes, random) => {
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index)
    return ends.length > 0 ? bytes.subarray(0, pick(random, ends) + random.below(2)) : bytes
  },
  'cut off at a quote or a comma': (bytes, random) => {
    const marks = [...bytes.entries()].filter(([, byte]) => byte === 0x22 || byte === 0x2c).map(([index]) => index)
    return marks.length > 0 ? bytes.subarray(0, pick(random, marks) + random.below(2)) : bytes
  },
  'its beginning lost': (bytes, random) => bytes.subarray(random.below(bytes.length)),
  'a byte lost': (bytes, random) => {
    const where = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, where), bytes.subarray(where + 1)])
  },
  'a bit flipped': (bytes, random) => {
    const flipped = Buffer.from(bytes)
    const where = random.below(bytes.length)
    flipped[where] = (flipped[where] ?? 0) ^ (1 << random.below(8))
    return flipped
  },
  'something nasty put in': (bytes, random) => insert(bytes, at(bytes, random), ...pick(random, nasty)),
  'something nasty at the end': (bytes, random) => insert(bytes, bytes.length, ...pick(random, nasty)),
  'something nasty at the beginning': (bytes, random) => insert(bytes, 0, ...pick(random, nasty)),
  'a piece twice': (bytes, random) => {
    const [from, to] = [random.below(bytes.length), at(bytes, random)].toSorted((a, b) => a - b) as [number, number]
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
  'a piece lost': (bytes, random) => {
    const [from, to] = [random.below(bytes.length), at(bytes, random)].toSorted((a, b) => a - b) as [number, number]
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  'as UTF-16': (bytes, random) => {
    const text = Buffer.from(bytes.toString().replace(/^\uFEFF?/, random.chance(0.5) ? '\uFEFF' : ''), 'utf16le')
    return random.chance(0.5) && text.length % 2 === 0 ? text.swap16() : text
  },
  'as Latin-1': (bytes) => Buffer.from(bytes.toString(), 'latin1'),
  'as UTF-8 taken for Latin-1': (bytes) => Buffer.from(bytes.toString('latin1')),
  'lines that end with a lone CR': (bytes) => retyped(bytes, (text) => text.replaceAll(/\r?\n/g, '\r')),
  'lines that end with CR CR LF': (bytes) => retyped(bytes, (text) => text.replaceAll(/\r?\n/g, '\r\r\n')),
  'line ends of both kinds': (bytes, random) =>
    retyped(bytes, (text) => text.replaceAll(/\r?\n/g, () => pick(random, ['\n', '\r\n']))),
  'empty lines': (bytes, random) =>
    retyped(bytes, (text) => text.replaceAll('\n', () => (random.chance(0.3) ? '\n\n' : '\n'))),
  'lines of nothing but spaces or commas': (bytes, random) =>
    retyped(bytes, (text) => `${text}${pick(random, [' ', ',,,,,,,,', '""', '"', '\t'])}`),
  semicolons: (bytes) => retyped(bytes, (text) => text.replaceAll(',', ';')),
  tabs: (bytes) => retyped(bytes, (text) => text.replaceAll(',', '\t')),
  'quotes doubled': (bytes) => retyped(bytes, (text) => text.replaceAll('"', '""')),
  'quotes lost': (bytes) => retyped(bytes, (text) => text.replaceAll('"', '')),
  'quotes set by a word processor': (bytes) => retyped(bytes, (text) => text.replaceAll('"', '”')),
  'quotes escaped by backslashes': (bytes) => retyped(bytes, (text) => text.replaceAll('""', '\\"')),
  'a space after each comma': (bytes) => retyped(bytes, (text) => text.replaceAll(',', ', ')),
  'another file behind it': (bytes) => Buffer.concat([bytes, bytes]),
  'a separator line as spreadsheets write it': (bytes) => retyped(bytes, (text) => `sep=,\n${text}`),
  'nothing at all': () => Buffer.alloc(0),
}
