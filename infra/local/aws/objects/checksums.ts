import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { AwsFault } from '../aws-fault.ts'

/** Checksums of streamed content, in base64. */
export interface Checksums {
  add(data: Buffer): void
  readonly size: number
  /** Finishes the checksums: nothing may be added later. */
  finish(): { readonly md5: string; readonly crc32: string; readonly sha256: string }
}

export const checksums = (): Checksums => {
  const md5 = createHash('md5')
  const sha256 = createHash('sha256')
  let cyclic = 0
  let size = 0
  return {
    add(data) {
      md5.update(data)
      sha256.update(data)
      cyclic = crc32(data, cyclic)
      size += data.length
    },
    get size() {
      return size
    },
    finish() {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(cyclic)
      return { md5: md5.digest('base64'), crc32: bytes.toString('base64'), sha256: sha256.digest('base64') }
    },
  }
}

/** The header (or trailer) of each checksum. */
const sumHeaders = {
  'content-md5': 'md5',
  'x-amz-checksum-crc32': 'crc32',
  'x-amz-checksum-sha256': 'sha256',
} as const

/** Throws BadDigest on a checksum mismatch and on an unsupported algorithm. */
export const compareChecksums = (told: ReadonlyMap<string, string>, actual: ReturnType<Checksums['finish']>): void => {
  for (const [header, value] of told) {
    if (header in sumHeaders) {
      if (actual[sumHeaders[header as keyof typeof sumHeaders]] === value) continue
      throw new AwsFault('BadDigest', `The ${header} you specified did not match what we received.`)
    }
    if (/^x-amz-checksum-(?!algorithm|mode|type)/.test(header)) {
      throw new AwsFault('NotImplemented', `the local run does not support ${header}`, 501)
    }
  }
}
