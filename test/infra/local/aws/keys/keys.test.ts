import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { newSecretValue } from '../../../../../infra/local/aws/keys/secret-values.ts'
import type { LocalResource } from '../../../../../infra/local/types.ts'
import { allow, arn, resource, role, startRun, type TestRun } from '../support.ts'

const keyArn = arn('kms', 'key/cipher')
const otherArn = arn('kms', 'key/other')
const keys = [
  resource('AWS::KMS::Key', 'cipher', {}, keyArn),
  resource('AWS::KMS::Key', 'other', {}, otherArn),
  resource('AWS::KMS::Alias', 'alias', { AliasName: 'alias/cipher', TargetKeyId: keyArn }),
]
const secretArn = arn('secretsmanager', 'secret:guard-key-LOCAL1')
const secret = (properties: object) =>
  resource('AWS::SecretsManager::Secret', 'guard-key', { ...properties }, secretArn)
const generated = secret({ GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } })
const caller = role('caller', allow('kms:*', keyArn), allow('secretsmanager:GetSecretValue', secretArn))

let run: TestRun
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterEach(async () => {
  await run?.stop()
  await rm(folder, { recursive: true, force: true })
})
const start = async (...resources: readonly LocalResource[]) => {
  run = await startRun([caller, ...keys, ...resources], { dataDir: folder })
}
const kms = () => new KMSClient(run.client)
const named = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: Error) => `${error.name}: ${error.message}`,
  )
const EncryptionContext = { idNumber: 'A1', kind: 'secret-number' }

describe('a key', () => {
  test('decrypts what it encrypted, with the same context in any order', async () => {
    await start()
    const { CiphertextBlob, KeyId } = await kms().send(
      new EncryptCommand({ KeyId: 'alias/cipher', Plaintext: Buffer.from('4711'), EncryptionContext }),
    )
    expect(KeyId).toBe(keyArn)
    const reversed = Object.fromEntries(Object.entries(EncryptionContext).toReversed())
    const { Plaintext } = await kms().send(new DecryptCommand({ CiphertextBlob, EncryptionContext: reversed }))
    expect(Buffer.from(Plaintext ?? []).toString()).toBe('4711')
  })

  test('decrypts nothing with another context, with another key or after a modification', async () => {
    await start()
    const { CiphertextBlob = Buffer.of() } = await kms().send(
      new EncryptCommand({ KeyId: keyArn, Plaintext: Buffer.from('4711'), EncryptionContext }),
    )
    const open = (more: object) => named(kms().send(new DecryptCommand({ CiphertextBlob, EncryptionContext, ...more })))
    expect(await open({})).toBe('answered')
    expect(await open({ EncryptionContext: { ...EncryptionContext, idNumber: 'A2' } })).toMatch(
      /^InvalidCiphertextException/,
    )
    expect(await open({ EncryptionContext: undefined })).toMatch(/^InvalidCiphertextException/)
    const changed = Buffer.from(CiphertextBlob)
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(await open({ CiphertextBlob: changed })).toMatch(/^InvalidCiphertextException/)
    expect(await open({ KeyId: otherArn })).toMatch(/^AccessDeniedException: .* kms:Decrypt on resource: .*key\/other /)
  })

  test('generates data keys that it can decrypt after a restart', async () => {
    await start()
    const made = await kms().send(new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext }))
    expect(made.Plaintext).toHaveLength(32)
    await run.stop()
    await start()
    const opened = await kms().send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext }))
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Buffer.from(made.Plaintext ?? []))
  })

  test('does not exist unless the assembly has it', async () => {
    run = await startRun([role('caller', allow('kms:*', '*'))])
    const call = kms().send(new GenerateDataKeyCommand({ KeyId: arn('kms', 'key/none'), KeySpec: 'AES_256' }))
    expect(await named(call)).toMatch(/^AccessDeniedException|^NotFoundException/)
  })
})

describe('a secret', () => {
  const read = async (SecretId: string) =>
    (await new SecretsManagerClient(run.client).send(new GetSecretValueCommand({ SecretId }))).SecretString

  test('is generated once, stays the same after a restart, and is found by ARN and by name', async () => {
    await start(generated)
    const value = await read(secretArn)
    expect(value).toMatch(/^[A-Za-z0-9]{64}$/)
    expect(await read('guard-key')).toBe(value)
    expect(run.aws.secretValue(secretArn)).toBe(value)
    await run.stop()
    await start(generated)
    expect(await read(secretArn)).toBe(value)
  })

  test('from the template changes with the template', async () => {
    await start(secret({ SecretString: 'one' }))
    expect(await read(secretArn)).toBe('one')
    await run.stop()
    await start(secret({ SecretString: 'two' }))
    expect(await read(secretArn)).toBe('two')
  })

  test('can only be read with permission', async () => {
    await start(
      generated,
      resource('AWS::SecretsManager::Secret', 'other', {}, arn('secretsmanager', 'secret:other-LOCAL1')),
    )
    expect(await named(read('other'))).toMatch(
      /^AccessDeniedException: User: .*test\/caller is not authorized to perform: secretsmanager:GetSecretValue on resource: .*secret:other-LOCAL1 /,
    )
  })

  test('encrypted with a customer managed key also requires that key', async () => {
    await start(secret({ KmsKeyId: otherArn, SecretString: 'x' }))
    expect(await named(read(secretArn))).toMatch(/^AccessDeniedException: .* kms:Decrypt on resource: .*key\/other /)
  })

  test('is generated by the rules of its resource', () => {
    const made = (GenerateSecretString: object) => newSecretValue(secret({ GenerateSecretString }))
    expect(made({})).toHaveLength(32)
    expect(made({ PasswordLength: 200, ExcludeCharacters: 'abc"' })).not.toMatch(/[abc"]/)
    expect(made({ ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true })).toMatch(/^\d{32}$/)
    const everyKind = made({ PasswordLength: 4 })
    for (const kind of [/[a-z]/, /[A-Z]/, /\d/, /[^\w]|_/]) expect(everyKind).toMatch(kind)
    expect(JSON.parse(made({ SecretStringTemplate: '{"user":"ops"}', GenerateStringKey: 'password' }))).toEqual({
      user: 'ops',
      password: expect.stringMatching(/^.{32}$/),
    })
    expect(() => made({ PasswordLength: 2 })).toThrow('no secret can be generated')
  })
})
