import { createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { KMSClient } from '@aws-sdk/client-kms'
import { describe, expect, test } from '@jest/globals'
import { kmsSecretNumberSeal } from '../../../shared/adapters/kms/secret-number-seal.ts'
import { sealSecretNumber } from '../../../shared/adapters/node/secret-number-cipher.ts'
import { startAwsEndpoint } from '../../support/aws-endpoint.ts'

/** As whoever may open the data key will read it. */
const open = (dataKey: Uint8Array, idNumber: string, sealed: string) => {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', dataKey, bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(idNumber)).setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString()
}

describe('a sealed Secret number (R40)', () => {
  const key = randomBytes(32)

  test('can be decrypted with its data key and its ID number', () => {
    expect(open(key, 'ABC123', sealSecretNumber(createSecretKey(key), 'ABC123', 'S3CRET'))).toBe('S3CRET')
  })

  test('cannot be decrypted with another ID number, another key, or after a modification', () => {
    const sealed = sealSecretNumber(createSecretKey(key), 'ABC123', 'S3CRET')
    expect(() => open(key, 'ABC124', sealed)).toThrow()
    expect(() => open(randomBytes(32), 'ABC123', sealed)).toThrow()
    const bytes = Buffer.from(sealed, 'base64')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    expect(() => open(key, 'ABC123', bytes.toString('base64'))).toThrow()
  })

  test('has a different ciphertext each time', () => {
    expect(sealSecretNumber(createSecretKey(key), 'ABC123', 'S3CRET')).not.toBe(
      sealSecretNumber(createSecretKey(key), 'ABC123', 'S3CRET'),
    )
  })

  test('has a data key from KMS that is bound to its import, and stored encrypted', async () => {
    const endpoint = await startAwsEndpoint(() => ({
      status: 200,
      body: {
        Plaintext: key.toString('base64'),
        CiphertextBlob: Buffer.from('encrypted').toString('base64'),
        KeyId: 'k',
      },
    }))
    const seal = await kmsSecretNumberSeal('key-1', new KMSClient(endpoint.settings))('import-1')
    await endpoint.stop()
    expect(endpoint.requests[0]?.body).toEqual({
      KeyId: 'key-1',
      KeySpec: 'AES_256',
      EncryptionContext: { importId: 'import-1' },
    })
    expect(Buffer.from(seal.encryptedKey).toString()).toBe('encrypted')
    expect(open(key, 'ABC123', seal.seal('ABC123', 'S3CRET'))).toBe('S3CRET')
  })
})
