import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A persistent map: each change is appended to a file as one line. */
export interface Journal<Value> {
  get(key: string): Value | undefined
  /** Must also be called after a value was changed in place. */
  set(key: string, value: Value): void
  delete(key: string): void
  /** Values in the order of their first `set`. */
  values(): IterableIterator<Value>
  /** Closes the file; later changes stay in memory only. */
  close(): void
}

/** Reads the file and compacts it to the current entries; without a file, the map is in memory only. */
export const openJournal = <Value>(file?: string): Journal<Value> => {
  const entries = file && existsSync(file) ? replay<Value>(readFileSync(file, 'utf8')) : new Map<string, Value>()
  let descriptor = file ? reopen(file, entries) : undefined
  const append = (line: readonly unknown[]) => {
    if (descriptor !== undefined) writeSync(descriptor, `${JSON.stringify(line)}\n`)
  }
  return {
    get: (key) => entries.get(key),
    values: () => entries.values(),
    set(key, value) {
      entries.set(key, value)
      append([key, value])
    },
    delete(key) {
      if (entries.delete(key)) append([key])
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor)
      descriptor = undefined
    },
  }
}

const replay = <Value>(text: string): Map<string, Value> => {
  const entries = new Map<string, Value>()
  // What follows the last line break was being written when the process died.
  for (const line of text.split('\n').slice(0, -1)) {
    const [key, ...values] = JSON.parse(line) as [string, Value?]
    if (values.length > 0) entries.set(key, values[0] as Value)
    else entries.delete(key)
  }
  return entries
}

const reopen = (file: string, entries: ReadonlyMap<string, unknown>): number => {
  mkdirSync(dirname(file), { recursive: true })
  const lines = [...entries].map((entry) => `${JSON.stringify(entry)}\n`)
  // Keys and secrets among them are nobody else's.
  writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return openSync(file, 'a')
}
