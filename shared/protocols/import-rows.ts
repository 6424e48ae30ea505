import { csvReader } from '../domain/csv.ts'
import type { FieldFault, LocatedRow, RowFault } from '../domain/import.ts'
import { type Columns, type Header, readHeader } from '../domain/import-header.ts'

/** How one kind of file is read. */
export interface RowFormat<Row> {
  readonly columns: Columns
  readonly readRow: (header: Header, fields: readonly string[]) => Row | FieldFault[]
}

/** Some rows of a file that follow one another, and what is wrong with others among them. */
export interface ImportPage<Row> {
  readonly rows: readonly LocatedRow<Row>[]
  readonly faults: readonly RowFault[]
  /** Sound and bad ones. */
  readonly rowCount: number
}

/** Rows in a page, as many as DynamoDB reads in one call. */
const pageSize = 100

/** Reads a file piece by piece, each row by itself; memory does not grow with the file. */
export async function* readImportPages<Row>(
  bytes: AsyncIterable<Uint8Array>,
  { columns, readRow }: RowFormat<Row>,
): AsyncGenerator<ImportPage<Row>> {
  let header: Header | undefined
  let names: readonly string[] = []
  let rows: LocatedRow<Row>[] = []
  let faults: RowFault[] = []
  let rowCount = 0
  let isEmpty = true
  for await (const record of records(bytes)) {
    const { line } = record
    const at = (fault: FieldFault) => ({ line, ...fault })
    if (header === undefined) {
      const read =
        'reason' in record ? [{ column: 'header', reason: record.reason }] : readHeader(record.fields, columns)
      if (Array.isArray(read)) return yield { rows: [], faults: read.map(at), rowCount: 0 }
      header = read
      names = [...header.keys()]
      continue
    }
    isEmpty = false
    rowCount++
    const read =
      'reason' in record
        ? [{ column: 'row', reason: record.reason }]
        : readFields(header, names, record.fields, readRow)
    if (Array.isArray(read)) faults.push(...read.map(at))
    else rows.push({ line, row: read })
    if (rowCount < pageSize) continue
    yield { rows, faults, rowCount }
    rows = []
    faults = []
    rowCount = 0
  }
  if (isEmpty) faults.push({ line: 1, column: 'file', reason: header ? 'there are no rows' : 'the file is empty' })
  yield { rows, faults, rowCount }
}

async function* records(bytes: AsyncIterable<Uint8Array>) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const reader = csvReader()
  for await (const piece of bytes) yield* reader.push(decoder.decode(piece, { stream: true }))
  yield* reader.push(decoder.decode())
  yield* reader.end()
}

const readFields = <Row>(
  header: Header,
  names: readonly string[],
  fields: readonly string[],
  readRow: RowFormat<Row>['readRow'],
): Row | FieldFault[] => {
  if (fields.length !== names.length) {
    return [{ column: 'row', reason: `${fields.length} fields instead of ${names.length}` }]
  }
  // What the decoder puts where bytes are no UTF-8; somebody's name was damaged here or before.
  const damaged = names.filter((_, position) => fields[position]?.includes('\uFFFD'))
  if (damaged.length > 0) return damaged.map((column) => ({ column, reason: 'not UTF-8' }))
  return readRow(header, fields)
}
