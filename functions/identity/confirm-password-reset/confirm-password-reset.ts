import type { BodyOf } from '../../../shared/contracts/http.ts'
import type { FieldCode, FieldProblem } from '../../../shared/contracts/problems.ts'
import { isTokenShaped } from '../../../shared/domain/account-token.ts'
import { localPartOf } from '../../../shared/domain/email-address.ts'
import { type PersonalTexts, passwordFault } from '../../../shared/domain/password-rules.ts'
import type { CommonPasswords } from '../../../shared/ports/common-passwords.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { KeyedHash } from '../../../shared/ports/keyed-hash.ts'
import type { PasswordHasher } from '../../../shared/ports/password-hasher.ts'
import type { PasswordResets } from '../../../shared/ports/password-resets.ts'
import { guardIdOf } from '../../../shared/protocols/guard-ids.ts'
import type { IsOwnSecretNumber } from '../../../shared/protocols/own-secret-number.ts'

export interface ConfirmPasswordResetPorts {
  readonly resets: Pick<PasswordResets, 'find' | 'use'>
  readonly isOwnSecretNumber: IsOwnSecretNumber
  readonly hasher: Pick<PasswordHasher, 'hash'>
  readonly commonPasswords: CommonPasswords
  readonly guardHash: KeyedHash
  readonly newId: NewId
}

export type ConfirmPasswordResetOutcome =
  | { readonly outcome: 'changed' }
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }
  | { readonly outcome: 'expired' }

type Form = BodyOf<'confirmPasswordReset'>

export type ConfirmPasswordReset = (form: Form) => Promise<ConfirmPasswordResetOutcome>

/**
 * Sets a new password, given a valid link (R31): every session and the lock end (R26), and the address is notified. The
 * form is validated before the link is used up, so that an invalid form leaves the link valid.
 */
export const confirmPasswordReset =
  ({
    resets,
    isOwnSecretNumber,
    hasher,
    commonPasswords,
    guardHash,
    newId,
  }: ConfirmPasswordResetPorts): ConfirmPasswordReset =>
  async (form) => {
    const fieldsFor = (whose: PersonalTexts) => formProblems(form, whose, (text) => commonPasswords.has(text))
    const fields = fieldsFor(nobody)
    if (fields.length > 0) return { outcome: 'malformed', fields }

    const account = isTokenShaped(form.token) ? await resets.find(form.token) : undefined
    if (!account) return { outcome: 'expired' }
    const { idNumber, email } = account
    const personal = fieldsFor({ idNumber, emailLocalPart: localPartOf(email) })
    if (personal.length > 0) return { outcome: 'malformed', fields: personal }
    // Checked last, and only for an authorised caller: each check counts as an attempt at the Secret number.
    if (await isOwnSecretNumber(idNumber, form.password)) {
      return { outcome: 'malformed', fields: [{ path: 'password', code: 'password-personal' }] }
    }

    const used = await resets.use(
      {
        token: form.token,
        idNumber,
        passwordHash: await hasher.hash(form.password),
        sessionEpoch: newId(),
        guardId: await guardIdOf(guardHash, 'password', idNumber),
      },
      { eventId: newId(), type: 'password-changed', detail: { version: 1, idNumber } },
    )
    return { outcome: used === 'used' ? 'changed' : 'expired' }
  }

/** For the validation before the link has been checked, when the account is not known yet. */
const nobody: PersonalTexts = { idNumber: '' }

/** Validates everything except the Secret number, which only its gate may compare (G1). */
const formProblems = (
  { password, passwordConfirmation }: Form,
  whose: PersonalTexts,
  isCommonPassword: (lowerCased: string) => boolean,
): FieldProblem[] => {
  const faults: Partial<Record<keyof Form, FieldCode | false | undefined>> = {
    password: passwordFault(password, whose, isCommonPassword),
    passwordConfirmation: passwordConfirmation !== password && 'passwords-differ',
  }
  return Object.entries(faults).flatMap(([path, code]) => (code ? [{ path, code }] : []))
}
