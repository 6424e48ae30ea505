import type { TableContract } from '../../../shared/contracts/tables.ts'
import { copyOf, type Document, order } from './documents.ts'

/** Rows with one partition key, in the order of their sort key; those without one, of their key in the table. */
export interface Partition {
  /** Sorted, whenever asked. */
  rows(): readonly Document[]
}

interface KeySchema {
  readonly partitionKey: string
  readonly sortKey?: string
}

export interface Table {
  readonly keys: KeySchema
  get(key: Document): Document | undefined
  /** Takes the row over: nobody may change it afterwards. */
  put(row: Document): void
  delete(key: Document): void
  all(): IterableIterator<Document>
  /** Of the table, or of an index with its own keys and attributes. */
  partition(index: string | undefined, value: unknown): Partition
  keysOf(index: string | undefined): KeySchema
}

const bySort = (sortKey: string | undefined, tie: (row: Document) => string) => (a: Document, b: Document) =>
  (sortKey && order(a[sortKey], b[sortKey])) || (tie(a) < tie(b) ? -1 : 1)

const partitions = ({ partitionKey, sortKey }: KeySchema, keyOf: (row: Document) => string) => {
  const all = new Map<unknown, { rows: Map<string, Document>; sorted: Document[] | undefined }>()
  const none = { rows: new Map<string, Document>(), sorted: [] as Document[] }
  const compare = bySort(sortKey, keyOf)
  return {
    put(row: Document) {
      const value = row[partitionKey]
      const found = all.get(value) ?? { rows: new Map<string, Document>(), sorted: undefined }
      if (found.rows.size === 0) all.set(value, found)
      found.rows.set(keyOf(row), row)
      found.sorted = undefined
    },
    delete(row: Document) {
      const found = all.get(row[partitionKey])
      found?.rows.delete(keyOf(row))
      if (found) found.sorted = undefined
    },
    of: (value: unknown): Partition => {
      const found = all.get(value) ?? none
      return { rows: () => (found.sorted ??= [...found.rows.values()].toSorted(compare)) }
    },
  }
}

/** One table of the contract, with its indexes. */
export const documentTable = (contract: TableContract): Table => {
  const sortKey = contract.sortKey?.name
  const keys: KeySchema = { partitionKey: contract.partitionKey, ...(sortKey && { sortKey }) }
  const names = [keys.partitionKey, ...(sortKey ? [sortKey] : [])]
  const keyOf = (row: Document): string => {
    for (const name of names) if (row[name] === undefined || row[name] === '') throw new Error(`a key without ${name}`)
    return names.length === 1 ? String(row[names[0] as string]) : JSON.stringify(names.map((name) => row[name]))
  }
  const rows = new Map<string, Document>()
  const own = sortKey ? partitions(keys, keyOf) : undefined
  const indexes = Object.entries(contract.indexes ?? {}).map(([name, index]) => {
    const attributes = new Set([...names, index.partitionKey, index.sortKey, ...index.include])
    // Attribute by attribute, always in this order: a million rows of one shape take little room.
    const shown = (row: Document) => {
      const copy: Document = {}
      for (const attribute of attributes) if (row[attribute] !== undefined) copy[attribute] = row[attribute]
      return copy
    }
    const isIn = (row: Document) => row[index.partitionKey] !== undefined && row[index.sortKey] !== undefined
    return { name, keys: index as KeySchema, isIn, shown, partitions: partitions(index, keyOf) }
  })
  const indexed = (name: string) => {
    const found = indexes.find((index) => index.name === name)
    if (!found) throw new Error(`there is no index ${name}`)
    return found
  }
  const forget = (key: string) => {
    const old = rows.get(key)
    if (!old) return
    own?.delete(old)
    for (const index of indexes) if (index.isIn(old)) index.partitions.delete(old)
  }
  return {
    keys,
    get: (key) => rows.get(keyOf(key)),
    put(row) {
      const key = keyOf(row)
      forget(key)
      rows.set(key, row)
      own?.put(row)
      for (const index of indexes) if (index.isIn(row)) index.partitions.put(index.shown(row))
    },
    delete(key) {
      forget(keyOf(key))
      rows.delete(keyOf(key))
    },
    all: () => rows.values(),
    keysOf: (index) => (index === undefined ? keys : indexed(index).keys),
    partition(index, value) {
      if (index !== undefined) return indexed(index).partitions.of(value)
      if (own) return own.of(value)
      const row = rows.get(String(value))
      return { rows: () => (row ? [row] : []) }
    },
  }
}

export const keyIn = ({ keys }: Table, row: Document): Document =>
  copyOf({
    [keys.partitionKey]: row[keys.partitionKey],
    ...(keys.sortKey && { [keys.sortKey]: row[keys.sortKey] }),
  })
