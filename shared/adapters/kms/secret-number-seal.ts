import { createSecretKey } from 'node:crypto'
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import type { NewSecretNumberSeal } from '../../ports/secret-number-seal.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'
import { sealSecretNumber } from '../node/secret-number-cipher.ts'

/**
 * Data keys from KMS, bound to their import by the encryption context. The importer may make them, not open them again:
 * so every attempt has one of its own.
 */
export const kmsSecretNumberSeal =
  (KeyId: string, client = new KMSClient(clientTimeouts())): NewSecretNumberSeal =>
  async (importId) => {
    const { Plaintext, CiphertextBlob } = await client.send(
      new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: { importId } }),
    )
    if (!Plaintext || !CiphertextBlob) throw new Error('KMS gave no data key')
    // As bytes it would be made a key again for each Secret number, which takes twice as long as the cipher itself.
    const dataKey = createSecretKey(Plaintext)
    return {
      encryptedKey: CiphertextBlob,
      seal: (idNumber, secretNumber) => sealSecretNumber(dataKey, idNumber, secretNumber),
    }
  }
