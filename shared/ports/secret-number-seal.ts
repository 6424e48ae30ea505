/** A Secret number that only the holder of the data key's key can read (R40). */
export interface SealedSecretNumber {
  /** Which data key: `<importId>/<attempt>`. */
  readonly key: string
  /** Base64 of the nonce (12 bytes), the tag (16 bytes) and the ciphertext; bound to the ID number. */
  readonly ciphertext: string
}

/** Encrypts Secret numbers under one data key. */
export interface SecretNumberSeal {
  /** The data key as only the key service can open it. */
  readonly encryptedKey: Uint8Array
  /** Bound to the ID number: moved to another entry, it cannot be read. */
  seal(idNumber: string, secretNumber: string): string
}

/** A fresh data key, bound to the import. */
export type NewSecretNumberSeal = (importId: string) => Promise<SecretNumberSeal>
