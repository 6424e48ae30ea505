import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { addressFingerprint } from '../../domain/email-address.ts'
import type { UnsubscribeTokens } from '../../ports/unsubscribe-tokens.ts'
import { once } from './once.ts'

const nonceLength = 12
const tagLength = 16
/** ID (12 at most), line break, mark of the address (8), padded: its length says nothing. */
const contentLength = 24

const markOf = (address: string) => addressFingerprint('unsubscribe', address)

/**
 * ID and mark of the address under AES-256-GCM. The nonce is an HMAC of the content under a key of its own, so that no
 * two contents share one and a token can be made any number of times (as SIV does, RFC 5297).
 */
export const aesUnsubscribeTokens = (fetchKey: () => Promise<string>): UnsubscribeTokens => {
  const keys = once(async () => {
    const secret = await fetchKey()
    const keyFor = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', `unsubscribe/${purpose}`, 32))
    return { cipherKey: keyFor('cipher'), nonceKey: keyFor('nonce') }
  })
  return {
    async issue(idNumber, address) {
      const { cipherKey, nonceKey } = await keys()
      const content = `${idNumber}\n${markOf(address)}`.padEnd(contentLength)
      const nonce = createHmac('sha256', nonceKey).update(content).digest().subarray(0, nonceLength)
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce)
      const sealed = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')
    },
    async read(token) {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length !== nonceLength + contentLength + tagLength) return undefined
      const { cipherKey } = await keys()
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(0, nonceLength))
      decipher.setAuthTag(bytes.subarray(-tagLength))
      try {
        const sealed = bytes.subarray(nonceLength, -tagLength)
        const content = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
        const [idNumber = '', mark = ''] = content.trimEnd().split('\n')
        return { idNumber, isFor: (address) => markOf(address) === mark }
      } catch {
        // Not made here, or not under this key.
        return undefined
      }
    },
  }
}
