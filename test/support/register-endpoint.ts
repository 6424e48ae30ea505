import { registerHandler } from '../../functions/identity/register/handler.ts'
import { register } from '../../functions/identity/register/register.ts'
import { listedCommonPasswords } from '../../shared/adapters/node/common-passwords.ts'
import { randomIds } from '../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import { secretNumberText } from '../../shared/domain/secret-number.ts'
import type { NewAccounts } from '../../shared/ports/accounts.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { ClaimableEntries, ClaimableEntry } from '../../shared/ports/entries.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import type { SignInGuards } from '../../shared/ports/sign-in-guards.ts'
import { secretNumberGate } from '../../shared/protocols/secret-number-gate.ts'
import { httpEvent, originSecret, send } from './http-event.ts'
import { recordingLog } from './log.ts'
import { quickHasher } from './log-in-endpoint.ts'
import { sampleEntry } from './samples.ts'

/** The key of the Secret number hashes in tests. */
export const secretNumberHash = hmacKeyedHash(async () => 'a key for Secret numbers')

/** An imported entry. */
export const claimableEntry = async (secretNumber: string, changes = {}): Promise<ClaimableEntry> => {
  const entry = sampleEntry(changes)
  return { entry, secretHash: await secretNumberHash(secretNumberText(entry.idNumber, secretNumber)) }
}

export interface RegisterEndpoint {
  readonly guards: SignInGuards
  readonly entries: ClaimableEntries
  readonly accounts: NewAccounts
  readonly clock: Pick<Clock, 'now'>
  /** A quick one if absent. */
  readonly hasher?: Pick<PasswordHasher, 'hash'>
}

/** The registration function as deployed, but for the hash; with every text that is hashed by the key alone. */
export const registerEndpoint = ({ guards, entries, accounts, clock, hasher = quickHasher }: RegisterEndpoint) => {
  const guardHash = hmacKeyedHash(async () => 'a key of the tests')
  const hashedByKey: string[] = []
  const trySecretNumber = secretNumberGate({
    guards,
    guardHash,
    entries,
    secretNumberHash,
    clock,
    newId: randomIds,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  })
  const useCase = register({
    trySecretNumber,
    accounts,
    hasher,
    commonPasswords: listedCommonPasswords,
    registrationHash: (text) => {
      hashedByKey.push(text)
      return guardHash(text)
    },
    newId: randomIds,
    clock,
  })
  const log = recordingLog()
  const handler = registerHandler(useCase, { originSecret, log, clock })
  return { log, hashedByKey, submit: (form: object) => send(handler, httpEvent('register', { body: form })) }
}

/** A valid registration form. */
export const sampleForm = (changes: object = {}) => ({
  idNumber: 'ABC12345',
  secretNumber: 'SECRET77',
  email: 'ana@example.org',
  password: 'Correct4Horse9Battery',
  passwordConfirmation: 'Correct4Horse9Battery',
  country: 'ES',
  firstLanguage: 'prefer-not-to-say',
  termsAccepted: true,
  emailOptIn: true,
  language: 'es',
  ...changes,
})
