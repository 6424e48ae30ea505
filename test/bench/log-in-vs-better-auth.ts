import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { logInHandler } from '../../functions/identity/log-in/handler.ts'
import { logIn } from '../../functions/identity/log-in/log-in.ts'
import { systemClock } from '../../shared/adapters/node/clock.ts'
import { randomIds } from '../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import { jitteredPause } from '../../shared/adapters/node/pause.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import { passwordGate } from '../../shared/protocols/password-gate.ts'
import { httpEvent, originSecret, send } from '../support/http-event.ts'
import { inMemoryAccounts } from '../support/in-memory/accounts.ts'
import { inMemorySessions } from '../support/in-memory/sessions.ts'
import { inMemorySignInGuards } from '../support/in-memory/sign-in-guards.ts'
import { recordingLog } from '../support/log.ts'
import { withoutEvents } from '../support/log-in-endpoint.ts'
import { sampleAccount } from '../support/samples.ts'
import { cpuOfLogIns } from './log-in-request.ts'
import { type Comparison, compare } from './measure.ts'
import { password, withoutHash } from './without-hash.ts'

/** Our login, with its lock, over maps: from the API Gateway event to the answer. */
const ourLogIn = async (hasher: PasswordHasher) => {
  const accounts = inMemoryAccounts()
  const account = sampleAccount({ passwordHash: await hasher.hash(password) })
  accounts.rows.set(account.idNumber, account)
  const guards = inMemorySignInGuards()
  const tryPassword = passwordGate({
    guards,
    failures: withoutEvents(guards),
    guardHash: hmacKeyedHash(async () => 'a key of the benchmark'),
    accounts,
    hasher,
    clock: systemClock,
    newId: randomIds,
    pause: jitteredPause,
  })
  const handler = logInHandler(logIn({ tryPassword, sessions: inMemorySessions(), clock: systemClock }), {
    originSecret,
    log: recordingLog(),
  })
  return async () => {
    const event = httpEvent('logIn', { body: { idNumber: account.idNumber, password } })
    return (await send(handler, event)).statusCode === 201
  }
}

/** better-auth's email sign-in over its own memory adapter, with the same hash: from the request to the answer. */
const betterAuthSignIn = async (hasher: PasswordHasher) => {
  const baseURL = 'http://localhost:3000'
  const auth = betterAuth({
    baseURL,
    secret: 'a secret of the benchmark, and long enough',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: {
      enabled: true,
      password: { hash: hasher.hash, verify: ({ hash, password: typed }) => hasher.verify(typed, hash) },
    },
  })
  const post = (path: string, body: object) =>
    auth.handler(
      new Request(`${baseURL}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: baseURL },
        body: JSON.stringify(body),
      }),
    )
  const email = 'candidate@example.org'
  if (!(await post('/sign-up/email', { email, password, name: 'Candidate' })).ok) throw new Error('no sign-up')
  return async () => (await post('/sign-in/email', { email, password })).status === 200
}

/** CPU of a login compared with better-auth's, both in memory: with the same argon2id, and without the hash in both. */
export const logInVsBetterAuth = async (): Promise<Comparison[]> => {
  const beside = async (what: string, hasher: PasswordHasher, requests: number) => {
    const [ours, theirs] = [await ourLogIn(hasher), await betterAuthSignIn(hasher)]
    return compare(
      what,
      'CPU ms',
      15,
      ['our log-in, lock included', () => cpuOfLogIns(ours, requests)],
      ["better-auth's email sign-in", () => cpuOfLogIns(theirs, requests)],
      'both on in-memory maps, without rate limit and logs; from request to response',
    )
  }
  return [
    await beside('login vs better-auth, same argon2id', argon2idHasher, 20),
    await beside('login vs better-auth, without the hash in both', withoutHash, 100),
  ]
}
