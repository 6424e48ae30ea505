import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { StreamPosition } from './stream-reader.ts'

/** Remembers how far a stream has been worked off without a gap. */
export interface StreamCheckpoint {
  /** Where to go on after a restart. */
  readonly start: StreamPosition | undefined
  /** Notes a record that is being worked on; the function it gives back notes that it is done. */
  begin(position: StreamPosition): () => void
  /** Records that were begun and are not done. */
  unfinished(): number
}

/** Without a file, only for this run. */
export const streamCheckpoint = (file?: string): StreamCheckpoint => {
  const begun: { readonly position: StreamPosition; done: boolean }[] = []
  return {
    start: file ? kept(file) : undefined,
    unfinished: () => begun.length,
    begin(position) {
      const entry = { position, done: false }
      begun.push(entry)
      return () => {
        entry.done = true
        let reached: StreamPosition | undefined
        while (begun[0]?.done) reached = begun.shift()?.position
        if (file && reached) keep(file, reached)
      }
    },
  }
}

const kept = (file: string): StreamPosition | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StreamPosition
  } catch {
    return undefined
  }
}

const keep = (file: string, position: StreamPosition) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(position))
}
