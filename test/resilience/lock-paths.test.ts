import { describe, expect, test } from '@jest/globals'
import { changeEmail } from '../../functions/identity/change-email/change-email.ts'
import { changePassword } from '../../functions/identity/change-password/change-password.ts'
import { logIn } from '../../functions/identity/log-in/log-in.ts'
import { randomIds } from '../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import type { Account } from '../../shared/domain/account.ts'
import { beginSession } from '../../shared/domain/session.ts'
import { lockDuration } from '../../shared/domain/sign-in-guard.ts'
import { passwordGate } from '../../shared/protocols/password-gate.ts'
import type { SecretGate } from '../../shared/protocols/secret-gate.ts'
import { manualClock } from '../support/clock.ts'
import { inMemoryPasswordChanges } from '../support/in-memory/account-changes.ts'
import { inMemoryAccounts } from '../support/in-memory/accounts.ts'
import { inMemorySessions } from '../support/in-memory/sessions.ts'
import { inMemorySignInGuards } from '../support/in-memory/sign-in-guards.ts'
import { countingHasher, quickHasher, withoutEvents } from '../support/log-in-endpoint.ts'
import { sampleAccount } from '../support/samples.ts'

/**
 * Every endpoint that checks a password, in every state of the lock, for registered and unregistered IDs (R22, R24, R25,
 * R26, R27; G1): all use one gate, and nothing is evaluated while the ID is locked.
 */
const right = 'Correct4Horse9Battery'
const wrong = 'wrong-1'
const someone = 'ABC12345'

/** The endpoints of one service, each returning its outcome; `ungated` lets one of them bypass the gate. */
const service = async (ungated?: string) => {
  const [clock, guards, accounts, sessions] = [
    manualClock(),
    inMemorySignInGuards(),
    inMemoryAccounts(),
    inMemorySessions(),
  ]
  const account = sampleAccount({ idNumber: someone, passwordHash: await quickHasher.hash(right) })
  accounts.rows.set(someone, account)
  const hasher = countingHasher(quickHasher)
  const guardHash = hmacKeyedHash(async () => 'a key of the tests')
  const gate = passwordGate({
    guards,
    failures: withoutEvents(guards),
    guardHash,
    accounts,
    hasher,
    clock,
    newId: randomIds,
    pause: async () => {},
  })
  const noGate: SecretGate<Account> = async (_idNumber, typed) =>
    (await hasher.verify(typed, account.passwordHash)) ? { verdict: 'right', holder: account } : { verdict: 'wrong' }
  const gateFor = (path: string) => (path === ungated ? noGate : gate)
  const sessionToken = await sessions.begin(beginSession(someone, account.sessionEpoch, clock.now()))
  const asked: string[] = []
  const ports = { guardHash, newId: randomIds, hasher, commonPasswords: { has: () => false } }
  const paths = {
    'logging in': (idNumber: string, password: string) =>
      logIn({ tryPassword: gateFor('logging in'), sessions, clock })({ idNumber, password }),
    'changing the password': (_idNumber: string, currentPassword: string) =>
      changePassword({
        ...ports,
        tryPassword: gateFor('changing the password'),
        isOwnSecretNumber: async () => false,
        passwordChanges: inMemoryPasswordChanges(accounts, sessions),
      })(account, sessionToken, {
        currentPassword,
        password: 'Brand2New3Word',
        passwordConfirmation: 'Brand2New3Word',
      }),
    'changing the email': (_idNumber: string, currentPassword: string) =>
      changeEmail({
        ...ports,
        tryPassword: gateFor('changing the email'),
        changes: {
          request: async ({ address }) => {
            asked.push(address)
            return 'requested'
          },
        },
      })(account, { currentPassword, email: 'new@example.org' }),
  }
  return {
    clock,
    paths,
    evaluations: () => [...hasher.evaluated.values()].reduce((sum, count) => sum + count, 0),
    /** Whatever a right password leads to. */
    issued: () => JSON.stringify([[...sessions.rows.keys()], [...accounts.rows.values()], accounts.events, asked]),
  }
}
type Service = Awaited<ReturnType<typeof service>>
type Path = keyof Service['paths']

const failed =
  (times: number) =>
  async ({ paths }: Service, idNumber: string) => {
    for (let time = 0; time < times; time++) await paths['logging in'](idNumber, wrong)
  }
const states = {
  'nobody has tried': failed(0),
  'one has failed': failed(1),
  'two have failed': failed(2),
  'it is locked': failed(3),
  'it is locked for another millisecond': async (made: Service, idNumber: string) => {
    await failed(3)(made, idNumber)
    made.clock.advance(lockDuration - 1)
  },
  'the lock has ended': async (made: Service, idNumber: string) => {
    await failed(3)(made, idNumber)
    made.clock.advance(lockDuration)
  },
}
const isLocked = (state: string) => state.startsWith('it is locked')
const passes = ['signed-in', 'changed', 'requested']

const cases = (Object.keys(states) as (keyof typeof states)[]).flatMap((state) => [
  ...(['logging in', 'changing the password', 'changing the email'] as Path[]).map(
    (path) => [path, state, 'a registered ID', someone] as const,
  ),
  ['logging in', state, 'an ID without account', 'UNREG123'] as const,
  ['logging in', state, 'an ID that nobody can have', '???'] as const,
])

/** What the table asks of one path in one state. */
const check = async (made: Service, path: Path, state: keyof typeof states, idNumber: string) => {
  await states[state](made, idNumber)
  const before = { evaluations: made.evaluations(), issued: made.issued() }
  const refused = await made.paths[path](idNumber, wrong)
  const expected = isLocked(state) || state === 'two have failed' ? 'locked' : 'refused'
  expect(refused.outcome).toBe(expected)
  expect(made.evaluations() - before.evaluations).toBe(isLocked(state) ? 0 : 1)
  expect(made.issued()).toBe(before.issued)

  const locked = expected === 'locked'
  const tried = await made.paths[path](idNumber, right)
  if (idNumber === someone && !locked) expect(passes).toContain(tried.outcome)
  else expect(passes).not.toContain(tried.outcome)
  if (!locked) return
  expect(tried.outcome).toBe('locked')
  expect(made.evaluations() - before.evaluations).toBe(isLocked(state) ? 0 : 1)
  expect(made.issued()).toBe(before.issued)
}

describe('a password typed', () => {
  test.each(cases)('%s, when %s, for %s', async (path, state, _whose, idNumber) => {
    await check(await service(), path, state, idNumber)
  })

  test.each(['logging in', 'changing the password', 'changing the email'] as Path[])(
    '%s outside the gate is detected (negative control)',
    async (path) => {
      await expect(check(await service(path), path, 'it is locked', someone)).rejects.toThrow()
    },
  )
})
