import { parse } from 'csv-parse/sync'
import { catalogue } from '../../../shared/domain/catalogue.ts'

/** The rows that must be stored for a file, by ID number; undefined if the file must be refused. */
export type ExpectedRows = ReadonlyMap<string, unknown> | undefined

/** An independent oracle: another CSV parser, another UTF-8 check and its own rules; without line numbers. */
export const expectedRows = (kind: 'entries' | 'results', bytes: Buffer): ExpectedRows => {
  const records = recordsOf(bytes)
  const [header, ...rows] = records ?? []
  if (!header || rows.length === 0) return undefined
  if (new Set(header).size !== header.length || !isHeader(kind, header)) return undefined
  const said = new Map<string, unknown>()
  const sessions = new Map<string, string>()
  for (const row of rows) {
    if (row.length !== header.length || row.some((text) => text.includes('\uFFFD'))) return undefined
    const cells = Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']))
    const id = number(cells.id_number)
    const stored = kind === 'entries' ? entryOf(cells) : resultOf(cells)
    if (!stored || said.has(id) || !/^[A-Z0-9]{6,12}$/.test(id) || !/^[a-z0-9-]{1,48}$/.test(cells.session ?? ''))
      return undefined
    const facts = [cells.exam, cells.date_taken, cells.mode].join()
    if ((sessions.get(cells.session ?? '') ?? facts) !== facts) return undefined
    sessions.set(cells.session ?? '', facts)
    said.set(id, { idNumber: id, session: cells.session, ...stored })
  }
  return said
}

const recordsOf = (bytes: Buffer): string[][] | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    // The last line may end without a line break, or with an incomplete one.
    const whole = text.endsWith('\r') ? `${text}\n` : text
    return parse(whole, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n'],
    }) as string[][]
  } catch {
    return undefined
  }
}

const needed = {
  entries: 'id_number,secret_number,given_name,family_name,exam,date_taken,mode,centre_number,session'.split(','),
  results: 'id_number,session,grade,overall_score,cefr_level'.split(','),
}

const isHeader = (kind: 'entries' | 'results', header: readonly string[]) =>
  needed[kind].every((name) => header.includes(name)) &&
  header.every(
    (name) =>
      needed[kind].includes(name) ||
      (kind === 'results' &&
        (name === 'state' || /^skill:[\p{L}\p{N}]([\p{L}\p{N} &'_-]{0,38}[\p{L}\p{N}])?$/u.test(name))),
  )

type Cells = Readonly<Record<string, string>>

const number = (text = '') => text.replaceAll(/\s/gu, '').toUpperCase()
/** Invalid code units: control characters, line separators, lone surrogates. */
const isPlain = (text = '') =>
  text.isWellFormed() &&
  [...text].every((character) => {
    const code = character.codePointAt(0) ?? 0
    return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code !== 0x2028 && code !== 0x2029
  })

const entryOf = (cells: Cells) => {
  const { given_name: givenName = '', family_name: familyName = '', exam = '', mode = '', centre_number = '' } = cells
  const secretNumber = number(cells.secret_number)
  const dateTaken = cells.date_taken ?? ''
  const known = catalogue.find(({ code }) => code === exam)
  const [year = 0, month = 0, day = 0] = dateTaken.split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  const isDay =
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(dateTaken) && date.getUTCDate() === day && date.getUTCMonth() === month - 1
  const isSound =
    known?.modes.some((one) => one === mode) &&
    isDay &&
    year > 999 &&
    dateTaken >= (known.takenFrom ?? '') &&
    /^[A-Z0-9]{4,12}$/.test(secretNumber) &&
    /^[A-Za-z0-9-]{1,20}$/.test(centre_number) &&
    [givenName, familyName].every((name) => isPlain(name) && name.length <= 100) &&
    `${givenName}${familyName}`.trim() !== ''
  return isSound
    ? { givenName, familyName, exam, dateTaken, mode, centreNumber: centre_number, secretNumber }
    : undefined
}

const resultOf = (cells: Cells) => {
  const { grade = '', overall_score = '', cefr_level = '', state = '' } = cells
  const skills = Object.entries(cells).filter(([name]) => name.startsWith('skill:'))
  const isScore = (text: string) => text === '' || /^[0-9]{1,4}(\.[0-9]{1,3})?$/.test(text)
  const isSound =
    grade.trim() !== '' &&
    grade.length <= 40 &&
    isPlain(grade) &&
    [overall_score, ...skills.map(([, score]) => score)].every(isScore) &&
    (cefr_level === '' || /^(Pre-A1|[ABC][12]\+?)$/.test(cefr_level)) &&
    ['', 'final', 'held', 'withdrawn'].includes(state)
  return isSound
    ? {
        grade,
        state: state || 'final',
        overallScore: overall_score === '' ? undefined : Number.parseFloat(overall_score),
        cefrLevel: cefr_level || undefined,
        skills: Object.fromEntries(
          skills.filter(([, score]) => score !== '').map(([name, score]) => [name.slice(6), Number.parseFloat(score)]),
        ),
      }
    : undefined
}
