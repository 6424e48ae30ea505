import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { StreamPosition } from './stream-reader.ts'

/** Records the position up to which a stream has been processed without gaps. */
export interface StreamCheckpoint {
  /** The position at which to resume after a restart. */
  readonly start: StreamPosition | undefined
  /** Marks a record as started; the returned function marks it as done. */
  begin(position: StreamPosition): () => void
  /** Number of records that were started and are not done. */
  unfinished(): number
}

/** Without a file, the position is kept for this run only. */
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
