import type { FieldProblem } from '../../../shared/contracts/problems.ts'
import { type Account, termsVersion } from '../../../shared/domain/account.ts'
import type { Entry } from '../../../shared/domain/entry.ts'
import type { Language } from '../../../shared/domain/language.ts'
import { day, type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { NewAccounts } from '../../../shared/ports/accounts.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { CommonPasswords } from '../../../shared/ports/common-passwords.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { KeyedHash } from '../../../shared/ports/keyed-hash.ts'
import type { PasswordHasher } from '../../../shared/ports/password-hasher.ts'
import type { SecretNumberGate } from '../../../shared/protocols/secret-number-gate.ts'
import { formProblems, formText, type RegistrationForm } from './registration-form.ts'

export interface RegisterPorts {
  readonly trySecretNumber: SecretNumberGate
  readonly accounts: NewAccounts
  readonly hasher: Pick<PasswordHasher, 'hash'>
  readonly commonPasswords: CommonPasswords
  readonly registrationHash: KeyedHash
  readonly newId: NewId
  readonly clock: Pick<Clock, 'now'>
}

export type RegisterOutcome =
  | { readonly outcome: 'registered' }
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'already-registered' }
  | { readonly outcome: 'locked'; readonly lockedUntil: EpochMilliseconds }
  /** Too many failures: only the centre can help (R14). */
  | { readonly outcome: 'paused' }
  | { readonly outcome: 'busy' }

export type Register = (form: RegistrationForm) => Promise<RegisterOutcome>

/** For this long a repeated form is accepted, since the first response may have been lost (R10). */
const repeatableFor = day

/**
 * Creates an entry's account if the Secret number is right, atomically (R01, R10). Only then does the answer reveal that an
 * ID is already registered (R12).
 */
export const register =
  (ports: RegisterPorts): Register =>
  async (form) => {
    const fields = formProblems(form, (password) => ports.commonPasswords.has(password))
    if (fields.length > 0) return { outcome: 'malformed', fields }

    const tried = await ports.trySecretNumber(form.idNumber, form.secretNumber)
    switch (tried.verdict) {
      case 'right':
        return claim(ports, form, tried.holder.entry)
      case 'wrong':
        return { outcome: 'refused' }
      case 'locked':
        return { outcome: 'locked', lockedUntil: tried.lockedUntil }
      case 'paused':
        return { outcome: 'paused' }
      case 'busy':
        return { outcome: 'busy' }
    }
  }

const claim = async (ports: RegisterPorts, form: RegistrationForm, entry: Entry): Promise<RegisterOutcome> => {
  const { accounts, newId, clock } = ports
  const account = await accountFrom(ports, form, entry)
  const claimed = await accounts.create(account, {
    eventId: newId(),
    type: 'candidate-registered',
    detail: { version: 1, idNumber: entry.idNumber },
  })
  if (claimed.outcome === 'created') return { outcome: 'registered' }
  // The entry was deleted while its Secret number was checked: the pair no longer exists.
  if (claimed.outcome === 'no-entry') return { outcome: 'refused' }
  const isRepeated =
    claimed.by.registrationHash === account.registrationHash &&
    clock.now() < later(claimed.by.registeredAt, repeatableFor)
  return { outcome: isRepeated ? 'registered' : 'already-registered' }
}

const accountFrom = async (
  { hasher, registrationHash, newId, clock }: RegisterPorts,
  form: RegistrationForm,
  { idNumber, session }: Entry,
): Promise<Account> => {
  // The same form gives the same hash, so that a repeated submission is recognised without a fast hash of the password (0075).
  const passwordHash = await hasher.hash(form.password, await registrationHash(`registration-salt:${idNumber}`))
  return {
    idNumber,
    session,
    email: form.email,
    passwordHash,
    // Random instead of counted, so that earlier sessions stay invalid for an account created after a full reset (R35).
    sessionEpoch: newId(),
    country: form.country,
    firstLanguage: form.firstLanguage,
    emailOptIn: form.emailOptIn,
    language: form.language as Language,
    termsVersion,
    registeredAt: clock.now(),
    registrationHash: await registrationHash(`registration:${formText(form, passwordHash)}`),
  }
}
