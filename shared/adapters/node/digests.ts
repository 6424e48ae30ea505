import { createHash } from 'node:crypto'
import type { NewDigest } from '../../ports/digests.ts'

/** Node's own SHA-256. */
export const sha256: NewDigest = () => {
  const hash = createHash('sha256')
  return {
    add(text) {
      hash.update(text)
    },
    hex: () => hash.digest('hex'),
  }
}
