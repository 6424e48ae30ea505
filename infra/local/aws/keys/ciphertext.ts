import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Additional authenticated data: not secret, but it must be the same when the ciphertext is decrypted. */
export type EncryptionContext = Readonly<Record<string, string>>

const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM, bound to the context. The ciphertext names its key, as in KMS: length, ARN, IV, tag, data. */
export const seal = (plaintext: Buffer, key: Buffer, keyArn: string, context: EncryptionContext): Buffer => {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(canonical(context))
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()])
  const name = Buffer.from(keyArn)
  return Buffer.concat([Buffer.from([name.length]), name, iv, cipher.getAuthTag(), data])
}

/** Throws if the ciphertext was encrypted with another key or context, or was modified. */
export const open = (ciphertext: Buffer, key: Buffer, context: EncryptionContext): Buffer => {
  const sealed = ciphertext.subarray(1 + (ciphertext[0] ?? 0))
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
    .setAAD(canonical(context))
    .setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()])
}

/** The key ARN in a ciphertext (base64); unauthenticated until it is decrypted. */
export const keyArnOf = (ciphertextBlob: string): string => {
  const ciphertext = Buffer.from(ciphertextBlob, 'base64')
  return ciphertext.subarray(1, 1 + (ciphertext[0] ?? 0)).toString()
}

/** Canonical form, independent of the order of the pairs. */
const canonical = (context: EncryptionContext) =>
  Buffer.from(JSON.stringify(Object.entries(context).toSorted(([one], [other]) => (one < other ? -1 : 1))))
