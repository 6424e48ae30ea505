/** One record of a CSV file with the line it begins on, or what keeps it from being read. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly reason: string }

/** Takes a file's text in pieces of any size and gives its records as they become complete. */
export interface CsvReader {
  push(text: string): CsvRecord[]
  /** What is left once the file has ended; the last line needs no line break. */
  end(): CsvRecord[]
}

/** A longer record is refused: most likely a quote was never closed. */
const maxRecordLength = 64 * 1024

/**
 * Reads RFC 4180 with LF or CRLF, with or without a byte order mark; empty lines are passed over. Lines are counted as
 * an editor counts them, so a record that spans lines does not shift those after it. After a record that cannot be
 * read it goes on with the next line, so that one stray quote hides no other fault.
 */
export const csvReader = (): CsvReader => {
  let rest = ''
  let line = 1
  let isFirst = true
  let hasEnded = false

  const records = (isEnd: boolean): CsvRecord[] => {
    const found: CsvRecord[] = []
    let from = 0
    for (;;) {
      const next = readRecord(rest, from, isEnd)
      if (next === 'incomplete') break
      if (next.content !== undefined) found.push({ line, ...next.content })
      line += next.lines
      from = next.to
    }
    rest = rest.slice(from)
    if (rest.length > 2 * maxRecordLength) {
      // No line break far and wide: this is no text, and is not gathered in memory to find out what it is.
      found.push({ line, ...unclosed })
      hasEnded = true
    }
    return found
  }

  return {
    push(text) {
      if (hasEnded) return []
      rest += isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text
      if (text !== '') isFirst = false
      return records(false)
    },
    end: () => (hasEnded ? [] : records(true)),
  }
}

type Content = { readonly fields: readonly string[] } | { readonly reason: string }

/** A record from one position on: what it holds (nothing if it is an empty line), where it ends and how many lines it took. */
interface Taken {
  readonly content?: Content
  readonly to: number
  readonly lines: number
}

const readRecord = (text: string, from: number, isEnd: boolean): Taken | 'incomplete' => {
  let lineEnd = endOfLine(text, from, isEnd)
  if (lineEnd === undefined) return 'incomplete'
  const firstLine: Taken = { to: lineEnd.next, lines: 1 }
  for (let lines = 1; ; lines++) {
    const record = text.slice(from, lineEnd.end)
    if (record === '') return firstLine
    const content = record.length > maxRecordLength ? unclosed : readFields(record)
    if (content !== 'open')
      return 'reason' in content ? { ...firstLine, content } : { content, to: lineEnd.next, lines }
    const following = endOfLine(text, lineEnd.next, isEnd)
    if (following === undefined) {
      const isHopeless = isEnd || text.length - from > maxRecordLength
      return isHopeless ? { ...firstLine, content: unclosed } : 'incomplete'
    }
    lineEnd = following
  }
}

const unclosed = { reason: 'a quote is not closed, or the row is too long' }

const endOfLine = (text: string, from: number, isEnd: boolean) => {
  const newline = text.indexOf('\n', from)
  if (newline === -1 && (!isEnd || from >= text.length)) return undefined
  const next = newline === -1 ? text.length : newline + 1
  const end = newline === -1 ? text.length : newline
  return { end: end > from && text[end - 1] === '\r' ? end - 1 : end, next }
}

/** `open` if the record ends inside a quoted field. */
const readFields = (record: string): Content | 'open' => {
  if (!record.includes('"')) return { fields: record.split(',') }
  const fields: string[] = []
  for (let at = 0; ; ) {
    const quoted = record[at] === '"'
    const close = quoted ? closingQuote(record, at + 1) : -1
    if (quoted && close === -1) return 'open'
    const comma = record.indexOf(',', quoted ? close : at)
    const end = comma === -1 ? record.length : comma
    if (quoted && end !== close + 1) return { reason: 'text follows a closing quote' }
    const field = quoted ? record.slice(at + 1, close).replaceAll('""', '"') : record.slice(at, end)
    if (!quoted && field.includes('"')) return { reason: 'a quote stands inside a field that does not begin with one' }
    fields.push(field)
    if (comma === -1) return { fields }
    at = comma + 1
  }
}

const closingQuote = (record: string, from: number): number => {
  for (let at = record.indexOf('"', from); at !== -1; at = record.indexOf('"', at + 2)) {
    if (record[at + 1] !== '"') return at
  }
  return -1
}
