import { describe, expect, test } from '@jest/globals'
import { hmacKeyedHash } from '../../../../shared/adapters/node/keyed-hash.ts'

describe('the keyed hash', () => {
  test('is HMAC-SHA-256 in base64url (RFC 4231, test case 2)', async () => {
    const hash = await hmacKeyedHash(async () => 'Jefe')('what do ya want for nothing?')
    expect(Buffer.from(hash, 'base64url').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  test('fetches its key once for concurrent callers', async () => {
    let fetched = 0
    const keyedHash = hmacKeyedHash(async () => `key ${++fetched}`)
    const hashes = await Promise.all([keyedHash('a'), keyedHash('a'), keyedHash('a')])
    expect(new Set(hashes).size).toBe(1)
    expect(fetched).toBe(1)
  })

  test('fetches its key again after a failure', async () => {
    let asked = 0
    const keyedHash = hmacKeyedHash(() => (++asked === 1 ? Promise.reject(new Error('away')) : Promise.resolve('key')))
    await expect(keyedHash('a')).rejects.toThrow('away')
    expect(await keyedHash('a')).toHaveLength(43)
  })
})
