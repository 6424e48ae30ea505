import type { Digest } from '../ports/digests.ts'
import type { ImportFile } from '../ports/import-files.ts'

/** Passes through a file's bytes while counting and hashing them: the share read so far, and finally the SHA-256. */
export const hashing = ({ bytes, size }: Pick<ImportFile, 'bytes' | 'size'>, digest: Digest) => {
  let read = 0
  return {
    bytes: passedOn(),
    progress: {
      /** Of all bytes, from 0 to 1. */
      share: () => (size > 0 ? Math.min(read / size, 1) : 1),
      sha256: () => digest.hex(),
    },
  }

  async function* passedOn() {
    for await (const piece of bytes) {
      read += piece.length
      digest.add(piece)
      yield piece
    }
  }
}

/** The SHA-256 of a whole file. */
export const sha256Of = async (file: ImportFile, digest: Digest): Promise<string> => {
  for await (const piece of file.bytes) digest.add(piece)
  return digest.hex()
}
