import { setTimeout as delay } from 'node:timers/promises'
import { logInHandler } from '../../functions/identity/log-in/handler.ts'
import { logIn } from '../../functions/identity/log-in/log-in.ts'
import { dynamoAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import { dynamoFailedAttempts } from '../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoSessions } from '../../shared/adapters/dynamo/sessions.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import { randomIds } from '../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import type { Accounts } from '../../shared/ports/accounts.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import type { FailedAttempts, SignInGuards } from '../../shared/ports/sign-in-guards.ts'
import { passwordGate } from '../../shared/protocols/password-gate.ts'
import type { TestTables } from './dynamodb.ts'
import { httpEvent, originSecret, send } from './http-event.ts'
import { recordingLog } from './log.ts'

export interface LogInEndpoint {
  readonly tables: TestTables
  readonly hasher: PasswordHasher
  readonly clock: Pick<Clock, 'now'>
  /** DynamoDB's by default; replaced to test a broken variant. */
  readonly guards?: SignInGuards
  readonly accounts?: Accounts
}

/** The login function as deployed, wired to a real engine; hasher, guards and clock are given by the test. */
export const logInEndpoint = ({ tables, hasher, clock, guards, accounts }: LogInEndpoint) => {
  const { client, tableNames } = tables
  const tryPassword = passwordGate({
    guards: guards ?? dynamoSignInGuards(client, tableNames['sign-in-guards']),
    failures: guards ? withoutEvents(guards) : dynamoFailedAttempts(client, tableNames),
    guardHash: hmacKeyedHash(async () => 'a key of the tests'),
    accounts: accounts ?? dynamoAccounts(client, tableNames.accounts),
    hasher,
    clock,
    newId: randomIds,
    pause: (milliseconds) => delay(milliseconds * (0.5 + Math.random() / 2)),
  })
  const handler = logInHandler(logIn({ tryPassword, sessions: dynamoSessions(client, tableNames.sessions), clock }), {
    originSecret,
    log: recordingLog(),
    clock,
  })
  return (idNumber: string, password: string) => send(handler, httpEvent('logIn', { body: { idNumber, password } }))
}

/** Failures without events, as settled by broken variants of the guards. */
export const withoutEvents = (guards: SignInGuards): FailedAttempts => ({
  settleWrong: (guardId, attempt, now) => guards.settleWrong(guardId, attempt, now),
})

/** Counts started evaluations by the part of the password before its first hyphen. */
export const countingHasher = (hasher: PasswordHasher) => {
  const evaluated = new Map<string, number>()
  return {
    evaluated,
    hash: (password: string) => hasher.hash(password),
    verify(password: string, phc: string) {
      const [name = ''] = password.split('-')
      evaluated.set(name, (evaluated.get(name) ?? 0) + 1)
      return hasher.verify(password, phc)
    },
    decoy: hasher.decoy,
  } satisfies PasswordHasher & Record<string, unknown>
}

/** A fast hasher for tests of the protocol rather than of the hash: 2 ms instead of 30. */
export const quickHasher: PasswordHasher = {
  hash: async (password) => `hash of ${password}`,
  verify: async (password, phc) => {
    await delay(2)
    return phc === `hash of ${password}`
  },
  decoy: 'hash that fits nothing',
}
