/** A line or several of a CSV file that people will open in a spreadsheet: RFC 4180, with CRLF. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')

const cell = (value: string | number): string => {
  const text = typeof value === 'string' && beginsFormula.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * What a spreadsheet would calculate instead of showing it, also behind white space that it skips (OWASP, *CSV
 * Injection*); the full-width forms are taken for the same in some languages.
 */
const beginsFormula = /^[\s\p{Cf}]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u
