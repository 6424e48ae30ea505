import { createHmac } from 'node:crypto'
import type { KeyedHash } from '../../ports/keyed-hash.ts'
import { once } from './once.ts'

/** The hash under a key that has to be fetched first; fetched once, and again only where that failed. */
export const hmacKeyedHash = (fetchKey: () => Promise<string>): KeyedHash => {
  const keyOnce = once(fetchKey)
  return async (text) =>
    createHmac('sha256', await keyOnce())
      .update(text)
      .digest('base64url')
}
