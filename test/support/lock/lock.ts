import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { dynamoFailedAttempts } from '../../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'
import { passwordGate } from '../../../shared/protocols/password-gate.ts'
import { type GatePorts, type SecretGate, secretGate } from '../../../shared/protocols/secret-gate.ts'
import { sampleAccount } from '../samples.ts'

/** What is around one try of a secret. */
export interface Environment extends Omit<GatePorts, 'guards'> {
  readonly client: DynamoDBDocumentClient
  /** Reads the right secret. */
  readonly find: () => Promise<string>
  readonly matches: (typed: string, right: string | undefined) => Promise<boolean>
}

/** Tries a secret: the gate and its writes as deployed, or a broken variant of either. */
export type Lock = (environment: Environment) => SecretGate<unknown>

/** What a lock is made of. */
export interface LockParts {
  readonly secretGate: typeof secretGate
  readonly passwordGate: typeof passwordGate
  readonly dynamoSignInGuards: typeof dynamoSignInGuards
  readonly dynamoFailedAttempts: typeof dynamoFailedAttempts
}

const deployed: LockParts = { secretGate, passwordGate, dynamoSignInGuards, dynamoFailedAttempts }

/** Tables that a lock writes, and their keys. */
export const lockTables = { 'sign-in-guards': 'guard', outbox: 'eventId' }

/** Passwords: a lock is told in the write that makes it. */
export const passwordLock =
  ({ passwordGate, dynamoSignInGuards, dynamoFailedAttempts }: LockParts): Lock =>
  ({ client, find, matches, ...ports }) =>
    passwordGate({
      ...ports,
      guards: dynamoSignInGuards(client, 'sign-in-guards'),
      failures: dynamoFailedAttempts(client, { 'sign-in-guards': 'sign-in-guards', outbox: 'outbox' }),
      accounts: { find: async () => ({ ...sampleAccount(), passwordHash: await find() }) },
      hasher: { verify: matches, hash: async (password) => password, decoy: '' },
    })

/** The bare gate over guards of one's own choice. */
export const lockFromGuards =
  (guards: (client: DynamoDBDocumentClient, tableName: string) => SignInGuards, gate = secretGate): Lock =>
  ({ client, find, matches, ...ports }) =>
    gate({ ...ports, guards: guards(client, 'sign-in-guards') }, { kind: 'secret-number', find, matches })

/** Secret numbers: nobody is told of a lock. */
export const secretNumberLock = ({ secretGate, dynamoSignInGuards }: LockParts): Lock =>
  lockFromGuards(dynamoSignInGuards, secretGate)

export const deployedLock = passwordLock(deployed)
export const deployedSecretNumberLock = secretNumberLock(deployed)
