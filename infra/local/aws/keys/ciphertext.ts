import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Pairs that aren't secret but must be the same when the ciphertext is opened. */
export type EncryptionContext = Readonly<Record<string, string>>

const ivBytes = 12
const tagBytes = 16

/** Seals with AES-256-GCM, bound to the context. The ciphertext names its key, as KMS's do: length, ARN, IV, tag, data. */
export const seal = (plaintext: Buffer, key: Buffer, keyArn: string, context: EncryptionContext): Buffer => {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(canonical(context))
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()])
  const name = Buffer.from(keyArn)
  return Buffer.concat([Buffer.from([name.length]), name, iv, cipher.getAuthTag(), data])
}

/** Throws if the ciphertext was sealed with another key or context, or was changed. */
export const open = (ciphertext: Buffer, key: Buffer, context: EncryptionContext): Buffer => {
  const sealed = ciphertext.subarray(1 + (ciphertext[0] ?? 0))
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
    .setAAD(canonical(context))
    .setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()])
}

/** The ARN of the key that a ciphertext (base64) names; not to be trusted before it is opened. */
export const keyArnOf = (ciphertextBlob: string): string => {
  const ciphertext = Buffer.from(ciphertextBlob, 'base64')
  return ciphertext.subarray(1, 1 + (ciphertext[0] ?? 0)).toString()
}

/** The same for every order of the pairs. */
const canonical = (context: EncryptionContext) =>
  Buffer.from(JSON.stringify(Object.entries(context).toSorted(([one], [other]) => (one < other ? -1 : 1))))
