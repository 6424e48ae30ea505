import type { Random } from '../simulation/seeded-random.ts'

/** The content of a file: column names, and cells by row. */
export interface GeneratedFile {
  readonly kind: 'entries' | 'results'
  readonly header: string[]
  readonly rows: string[][]
}

/** How a file is encoded; every variant is valid. */
export interface FileEncoding {
  readonly lineEnd: '\n' | '\r\n'
  readonly bom: boolean
  readonly quotesAll: boolean
  readonly endsWithLineEnd: boolean
}

export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.below(items.length)] as Item

const names = [
  ...[
    'Ana',
    'Łukasz',
    'María José',
    "O'Connor",
    'de la Cruz, hijo',
    'Anne "Annie"',
    '李小龍',
    'Zoë',
    'Ñandú',
    'D’Angelo',
  ],
  // Names that a spreadsheet would treat as formulas must stay unchanged.
  ...['=1+1', '+49 171', '-', '@SUM(A1)', '=HYPERLINK("http://x.example","y")', 'a\u200Fb', '😀', ''],
]
const exams = ['b2-first', 'c1-advanced', 'a2-key']

/** A valid file of one to ten rows, with columns in any order. */
export const generateFile = (random: Random): GeneratedFile => {
  const kind = random.chance(0.65) ? 'entries' : 'results'
  const firstId = random.below(900_000)
  const sessions = Array.from({ length: 1 + random.below(2) }, (_, index) => `2026-1${index}-${pick(random, exams)}`)
  const of = kind === 'entries' ? entry : result
  const made = Array.from({ length: 1 + random.below(10) }, (_, index) =>
    of(random, `ID${String(firstId + index).padStart(6, '0')}`, pick(random, sessions)),
  )
  const order = shuffled(random, Object.keys(made[0] ?? {}))
  return { kind, header: order, rows: made.map((row) => order.map((column) => row[column] ?? '')) }
}

const entry = (random: Random, id: string, session: string): Record<string, string> => {
  const given = pick(random, names)
  return {
    id_number: random.chance(0.1) ? ` ${id.toLowerCase()}` : id,
    secret_number: `S${random.below(99_999) + 1_000}`,
    given_name: given,
    family_name: given === '' ? 'Example' : pick(random, names),
    exam: session.slice(8),
    date_taken: '2026-11-14',
    mode: 'digital',
    centre_number: `ES${100 + random.below(800)}`,
    session,
  }
}

const result = (random: Random, id: string, session: string): Record<string, string> => ({
  id_number: id,
  session,
  grade: pick(random, ['A', 'B', 'C', 'Pass, with "merit"', '=A1', 'Höher']),
  overall_score: pick(random, ['172', '165.5', '', '0']),
  cefr_level: pick(random, ['B2', 'C1+', '', 'Pre-A1']),
  'skill:reading': pick(random, ['170', '', '169.25']),
  'skill:Use of English': String(random.below(200)),
})

const shuffled = <Item>(random: Random, items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)

export const anyEncoding = (random: Random): FileEncoding => ({
  lineEnd: pick(random, ['\n', '\r\n'] as const),
  bom: random.chance(0.3),
  quotesAll: random.chance(0.3),
  endsWithLineEnd: random.chance(0.8),
})

export const encodeFile = (
  { header, rows }: GeneratedFile,
  { lineEnd, bom, quotesAll, endsWithLineEnd }: FileEncoding,
): Buffer => {
  const cell = (text: string) => (quotesAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const text = [header, ...rows].map((row) => row.map(cell).join(',')).join(lineEnd)
  return Buffer.from(`${bom ? '\uFEFF' : ''}${text}${endsWithLineEnd ? lineEnd : ''}`)
}
