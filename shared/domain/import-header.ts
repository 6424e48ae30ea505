import type { FieldFault } from './import.ts'

/** Which columns a kind of file has. */
export interface Columns {
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** Further columns, any number. */
  readonly others?: RegExp
}

/** Where each column stands, in the file's own order. */
export type Header = ReadonlyMap<string, number>

/**
 * Reads a header row; column order is free. A name is repeated in a fault only where the row looks like a header at
 * all: in a file without one it would be a candidate's name or Secret number.
 */
export const readHeader = (
  names: readonly string[],
  { required, optional, others }: Columns,
): Header | FieldFault[] => {
  const isKnown = (name: string) => required.includes(name) || optional.includes(name) || others?.test(name)
  const misread = wholeFault(names, isKnown)
  if (misread) return [misread]
  const shown = (name: string, position: number) =>
    names.some(isKnown) && /^[a-z][a-z_:-]{0,39}$/i.test(name) ? name : `column ${position + 1}`
  const header = new Map<string, number>()
  const faults: FieldFault[] = []
  for (const [position, name] of names.entries()) {
    if (!isKnown(name)) faults.push({ column: shown(name, position), reason: 'unknown column' })
    else if (header.has(name)) faults.push({ column: name, reason: 'the column is there twice' })
    else header.set(name, position)
  }
  for (const name of required) if (!header.has(name)) faults.push({ column: name, reason: 'the column is missing' })
  return faults.length > 0 ? faults : header
}

/** A file that is not of this form at all, as spreadsheets save it: one clear fault rather than one for each column. */
const wholeFault = (
  names: readonly string[],
  isKnown: (name: string) => boolean | undefined,
): FieldFault | undefined => {
  // Every other byte of UTF-16 is none of a text in ASCII.
  if (names.some((name) => name.includes('\0'))) return { column: 'header', reason: 'not UTF-8: save it as CSV UTF-8' }
  // The reader takes LF and CRLF; with CR alone the rows stand in the header's last name.
  if (names.some((name) => name.includes('\r')))
    return { column: 'header', reason: 'lines end with CR alone: save it with LF or CRLF' }
  const [only = '', ...more] = names
  if (more.length > 0) return undefined
  const separator = [';', '\t'].find((one) => only.split(one).filter(isKnown).length > 1)
  if (separator === undefined) return undefined
  const called = separator === ';' ? 'semicolons' : 'tabs'
  return { column: 'header', reason: `separated by ${called}: save it with commas` }
}
