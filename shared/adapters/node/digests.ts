import { createHash } from 'node:crypto'
import type { NewDigest } from '../../ports/digests.ts'

/** Node's own SHA-256. */
export const sha256: NewDigest = () => {
  const hash = createHash('sha256')
  return {
    add(part) {
      hash.update(part)
    },
    hex: () => hash.digest('hex'),
  }
}
