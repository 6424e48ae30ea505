import { createCipheriv, type KeyObject, randomBytes } from 'node:crypto'

/**
 * AES-256-GCM under a data key of 32 bytes, with the ID number as additional data; base64 of nonce, tag and ciphertext.
 * One key encrypts one import's Secret numbers: far fewer than the 2³² random nonces that NIST SP 800-38D allows.
 */
export const sealSecretNumber = (dataKey: KeyObject, idNumber: string, secretNumber: string): string => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce).setAAD(Buffer.from(idNumber))
  const text = Buffer.concat([cipher.update(secretNumber, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}
