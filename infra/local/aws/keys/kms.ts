import { randomBytes } from 'node:crypto'
import { AwsFault } from '../aws-fault.ts'
import { openJournal } from '../journal.ts'
import type { Operations } from '../service.ts'
import { dataFile, type ServiceContext } from '../service-context.ts'
import { type EncryptionContext, keyArnOf, open, seal } from './ciphertext.ts'

interface KeyUse {
  readonly KeyId: string
  readonly EncryptionContext?: EncryptionContext
}
interface DataKeyUse extends KeyUse {
  readonly KeySpec?: string
  readonly NumberOfBytes?: number
}
/** In JSON, bytes are base64 text. */
interface Sealing extends KeyUse {
  readonly Plaintext: string
}
interface Opening extends Omit<KeyUse, 'KeyId'> {
  readonly KeyId?: string
  readonly CiphertextBlob: string
}

const maxPlaintextSize = 4_096

/** Symmetric keys of the assembly; kept in the data folder, or for the process if there is none. */
export const kmsOperations = (context: ServiceContext): { readonly operations: Operations; stop(): void } => {
  const { assembly, names } = context
  const journal = openJournal<string>(dataFile(context, 'keys.jsonl'))

  const materialOf = (arn: string): Buffer => {
    if (!assembly.ofType('AWS::KMS::Key').some((key) => key.arn === arn)) {
      throw new AwsFault('NotFoundException', `Key '${arn}' does not exist`)
    }
    const kept = journal.get(arn)
    if (kept) return Buffer.from(kept, 'base64')
    const made = randomBytes(32)
    journal.set(arn, made.toString('base64'))
    return made
  }

  const sealed = (plaintext: Buffer, { KeyId, EncryptionContext = {} }: KeyUse) => {
    const arn = names.key(KeyId)
    const ciphertext = seal(plaintext, materialOf(arn), arn, EncryptionContext)
    return { KeyId: arn, CiphertextBlob: ciphertext.toString('base64') }
  }

  const dataKey = ({ KeySpec, NumberOfBytes, ...use }: DataKeyUse) => {
    const plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32))
    return { Plaintext: plaintext.toString('base64'), ...sealed(plaintext, use) }
  }

  const operations = {
    Encrypt({ Plaintext, ...use }: Sealing) {
      const plaintext = Buffer.from(Plaintext, 'base64')
      if (plaintext.length > maxPlaintextSize) {
        throw new AwsFault('ValidationException', `A plaintext has at most ${maxPlaintextSize} bytes.`)
      }
      return { ...sealed(plaintext, use), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
    },
    GenerateDataKey: dataKey,
    GenerateDataKeyWithoutPlaintext(use: DataKeyUse) {
      const { Plaintext: _, ...rest } = dataKey(use)
      return rest
    },
    Decrypt({ CiphertextBlob, KeyId, EncryptionContext = {} }: Opening) {
      const arn = keyArnOf(CiphertextBlob)
      if (KeyId !== undefined && names.key(KeyId) !== arn) {
        const message = 'The key ID in the request does not identify a CMK that can perform this operation.'
        throw new AwsFault('IncorrectKeyException', message)
      }
      const plaintext = opened(Buffer.from(CiphertextBlob, 'base64'), materialOf(arn), EncryptionContext)
      return { KeyId: arn, Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
    },
  }
  return { operations, stop: () => journal.close() }
}

const opened = (ciphertext: Buffer, material: Buffer, context: EncryptionContext): Buffer => {
  try {
    return open(ciphertext, material, context)
  } catch {
    // KMS does not say what was wrong either.
    throw new AwsFault('InvalidCiphertextException', 'the ciphertext or its encryption context is not as it was sealed')
  }
}
