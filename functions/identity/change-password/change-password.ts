import type { BodyOf } from '../../../shared/contracts/http.ts'
import type { FieldCode, FieldProblem } from '../../../shared/contracts/problems.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { localPartOf } from '../../../shared/domain/email-address.ts'
import { passwordFault } from '../../../shared/domain/password-rules.ts'
import type { EpochMilliseconds } from '../../../shared/domain/time.ts'
import { isTooLongToTry } from '../../../shared/domain/typed-secret.ts'
import type { CommonPasswords } from '../../../shared/ports/common-passwords.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { PasswordChanges } from '../../../shared/ports/password-changes.ts'
import type { PasswordHasher } from '../../../shared/ports/password-hasher.ts'
import type { IsOwnSecretNumber } from '../../../shared/protocols/own-secret-number.ts'
import type { SecretGate } from '../../../shared/protocols/secret-gate.ts'

export interface ChangePasswordPorts {
  readonly tryPassword: SecretGate<Account>
  readonly isOwnSecretNumber: IsOwnSecretNumber
  readonly passwordChanges: PasswordChanges
  readonly hasher: Pick<PasswordHasher, 'hash'>
  readonly commonPasswords: CommonPasswords
  readonly newId: NewId
}

export type ChangePasswordOutcome =
  | { readonly outcome: 'changed' }
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'locked'; readonly lockedUntil: EpochMilliseconds }
  | { readonly outcome: 'busy' }

type Form = BodyOf<'changePassword'>

export type ChangePassword = (account: Account, sessionToken: string, form: Form) => Promise<ChangePasswordOutcome>

/**
 * Sets a new password if the current one is right; every other session ends, and the address is notified (R55). The form is
 * validated first, so that an invalid form does not use up an attempt at the current password.
 */
export const changePassword =
  (ports: ChangePasswordPorts): ChangePassword =>
  async (account, sessionToken, form) => {
    const fields = formProblems(form, account, (password) => ports.commonPasswords.has(password))
    if (fields.length > 0) return { outcome: 'malformed', fields }

    const tried = await ports.tryPassword(account.idNumber, form.currentPassword)
    switch (tried.verdict) {
      case 'right':
        return replace(ports, tried.holder, sessionToken, form.password)
      case 'wrong':
        return { outcome: 'refused' }
      case 'locked':
        return { outcome: 'locked', lockedUntil: tried.lockedUntil }
      case 'busy':
        return { outcome: 'busy' }
    }
  }

const replace = async (
  { isOwnSecretNumber, passwordChanges, hasher, newId }: ChangePasswordPorts,
  account: Account,
  sessionToken: string,
  password: string,
): Promise<ChangePasswordOutcome> => {
  // Checked last, and only for an authorised caller: each check counts as an attempt at the Secret number.
  if (await isOwnSecretNumber(account.idNumber, password)) {
    return { outcome: 'malformed', fields: [{ path: 'password', code: 'password-personal' }] }
  }
  const made = await passwordChanges.make(
    { account, passwordHash: await hasher.hash(password), sessionEpoch: newId(), sessionToken },
    { eventId: newId(), type: 'password-changed', detail: { version: 1, idNumber: account.idNumber } },
  )
  // A concurrent change has won. A repeated call is checked against the password that is current then.
  return { outcome: made === 'made' ? 'changed' : 'busy' }
}

/** Validates everything except the Secret number, which only its gate may compare (G1). */
const formProblems = (
  { currentPassword, password, passwordConfirmation }: Form,
  { idNumber, email }: Account,
  isCommonPassword: (lowerCased: string) => boolean,
): FieldProblem[] => {
  const faults: Record<keyof Form, FieldCode | false | undefined> = {
    currentPassword: isTooLongToTry(currentPassword) && 'too-long',
    password: passwordFault(password, { idNumber, emailLocalPart: localPartOf(email) }, isCommonPassword),
    passwordConfirmation: passwordConfirmation !== password && 'passwords-differ',
  }
  return Object.entries(faults).flatMap(([path, code]) => (code ? [{ path, code }] : []))
}
