import type { Digest } from '../ports/digests.ts'
import type { ImportFile } from '../ports/import-files.ts'

/** The bytes of a file, and what is known of them once they have been read: their SHA-256, and before that how many there were. */
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
