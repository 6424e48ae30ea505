import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openJournal } from '../journal.ts'
import { type Checksums, checksums } from './checksums.ts'

/** An object's metadata. */
export interface ObjectHead {
  readonly key: string
  readonly size: number
  readonly etag: string
  /** Base64. */
  readonly crc32: string
  /** Content type and `x-amz-meta-…`, as sent. */
  readonly headers: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly modifiedAt: number
  /** File name in the store's folder. */
  readonly file: string
  /** Absent if the bucket is not versioned. */
  readonly version?: string
}

/** The objects of one bucket; replaced or deleted objects are lost unless the bucket is versioned. */
export interface ObjectStore {
  /** Atomic: if the content ends early or `check` throws, the object stays as it was. */
  put(
    head: Pick<ObjectHead, 'key' | 'headers' | 'modifiedAt'>,
    content: AsyncIterable<Buffer>,
    check: (sums: ReturnType<Checksums['finish']>) => void,
  ): Promise<ObjectHead>
  /** The newest version unless one is named. */
  head(key: string, version?: string): ObjectHead | undefined
  read(head: ObjectHead, range?: { readonly start: number; readonly end: number }): Readable
  /** Without a version: adds a delete marker if the bucket is versioned, else removes the object. */
  delete(key: string, version?: string): Promise<void>
  /** Sorted by key. */
  list(): readonly ObjectHead[]
  stop(): void
}

/** Stores objects as files in the folder, or in a temporary one that is created on first use and removed at the end. */
export const openObjectStore = (keepsVersions: boolean, folder?: string): ObjectStore => {
  let made = folder
  const pathOf = (file: string) => {
    made ??= mkdtempSync(join(tmpdir(), 'results-service-objects-'))
    return join(made, file)
  }
  const heads = openJournal<ObjectHead>(folder && join(folder, 'objects.jsonl'))
  const versions = openJournal<ObjectHead>(folder && keepsVersions ? join(folder, 'versions.jsonl') : undefined)
  const remove = (file: string) => rm(pathOf(file), { force: true })
  // By arrival: timestamps can be equal while the clock is frozen.
  const newestVersion = (key: string) => [...versions.values()].filter((head) => head.key === key).at(-1)
  const find = (key: string, version?: string): ObjectHead | undefined => {
    if (version === undefined) return heads.get(key)
    const head = versions.get(version)
    return head?.key === key ? head : undefined
  }

  return {
    async put(head, content, check) {
      const file = randomUUID()
      const sums = checksums()
      try {
        await pipeline(tee(content, sums), createWriteStream(pathOf(file)))
        const finished = sums.finish()
        check(finished)
        const etag = Buffer.from(finished.md5, 'base64').toString('hex')
        const version = randomUUID()
        const stored = {
          ...head,
          size: sums.size,
          etag,
          crc32: finished.crc32,
          file,
          ...(keepsVersions && { version }),
        }
        const replaced = heads.get(head.key)
        heads.set(head.key, stored)
        if (keepsVersions) versions.set(version, stored)
        else if (replaced) await remove(replaced.file)
        return stored
      } catch (error) {
        await remove(file)
        throw error
      }
    },
    head: find,
    read: ({ file }, range) => createReadStream(pathOf(file), range),
    async delete(key, version) {
      const head = find(key, version)
      if (version !== undefined && head) {
        versions.delete(version)
        const newest = newestVersion(key)
        if (heads.get(key)?.version === version && newest) heads.set(key, newest)
      }
      if (version === undefined || heads.get(key)?.version === version) heads.delete(key)
      if (head && (version !== undefined || !keepsVersions)) await remove(head.file)
    },
    list: () => [...heads.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1)),
    stop() {
      heads.close()
      versions.close()
      if (made && !folder) rmSync(made, { recursive: true, force: true })
    },
  }
}

async function* tee(content: AsyncIterable<Buffer>, sums: Checksums): AsyncGenerator<Buffer> {
  for await (const data of content) {
    sums.add(data)
    yield data
  }
}
