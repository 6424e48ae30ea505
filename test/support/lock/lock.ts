import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { dynamoFailedAttempts } from '../../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'
import { passwordGate } from '../../../shared/protocols/password-gate.ts'
import { type GatePorts, type SecretGate, secretGate } from '../../../shared/protocols/secret-gate.ts'
import { sampleAccount } from '../samples.ts'

/** The environment of one attempt. */
export interface Environment extends Omit<GatePorts, 'guards'> {
  readonly client: DynamoDBDocumentClient
  /** Reads the correct secret. */
  readonly find: () => Promise<string>
  readonly matches: (typed: string, right: string | undefined) => Promise<boolean>
}

/** Builds the gate with its writes: as deployed, or a broken variant. */
export type Lock = (environment: Environment) => SecretGate<unknown>

/** The parts of a lock. */
export interface LockParts {
  readonly secretGate: typeof secretGate
  readonly passwordGate: typeof passwordGate
  readonly dynamoSignInGuards: typeof dynamoSignInGuards
  readonly dynamoFailedAttempts: typeof dynamoFailedAttempts
}

const deployed: LockParts = { secretGate, passwordGate, dynamoSignInGuards, dynamoFailedAttempts }

/** Tables that a lock writes, with their keys. */
export const lockTables = { 'sign-in-guards': 'guard', outbox: 'eventId' }

/** For passwords: the event of a lock is written together with the lock. */
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

/** The gate alone, over the given guards. */
export const lockFromGuards =
  (guards: (client: DynamoDBDocumentClient, tableName: string) => SignInGuards, gate = secretGate): Lock =>
  ({ client, find, matches, ...ports }) =>
    gate({ ...ports, guards: guards(client, 'sign-in-guards') }, { kind: 'secret-number', find, matches })

/** For Secret numbers: a lock has no event. */
export const secretNumberLock = ({ secretGate, dynamoSignInGuards }: LockParts): Lock =>
  lockFromGuards(dynamoSignInGuards, secretGate)

export const deployedLock = passwordLock(deployed)
export const deployedSecretNumberLock = secretNumberLock(deployed)
