import type { BodyOf } from '../../../shared/contracts/http.ts'
import type { FieldCode, FieldProblem } from '../../../shared/contracts/problems.ts'
import { isEmailAddress, isTooLongAddress, localPartOf } from '../../../shared/domain/email-address.ts'
import { normaliseNumber } from '../../../shared/domain/identifiers.ts'
import { isLanguage } from '../../../shared/domain/language.ts'
import { passwordFault } from '../../../shared/domain/password-rules.ts'
import { isCountry, isFirstLanguage } from '../../../shared/domain/reference-lists.ts'
import { isTooLongToTry } from '../../../shared/domain/typed-secret.ts'

export type RegistrationForm = BodyOf<'register'>

/** Validates the form field by field; does not check whether ID number and Secret number match. */
export const formProblems = (
  form: RegistrationForm,
  isCommonPassword: (lowerCased: string) => boolean,
): readonly FieldProblem[] => {
  const emailLocalPart = localPartOf(form.email)
  const faults: Record<keyof RegistrationForm, FieldCode | false | undefined> = {
    idNumber: isTooLongToTry(form.idNumber) && 'too-long',
    secretNumber: isTooLongToTry(form.secretNumber) && 'too-long',
    email: isTooLongAddress(form.email) ? 'too-long' : !isEmailAddress(form.email) && 'email-format',
    password: passwordFault(form.password, { ...form, emailLocalPart }, isCommonPassword),
    passwordConfirmation: form.passwordConfirmation !== form.password && 'passwords-differ',
    country: !isCountry(form.country) && 'not-in-list',
    firstLanguage: !isFirstLanguage(form.firstLanguage) && 'not-in-list',
    termsAccepted: !form.termsAccepted && 'terms-not-accepted',
    emailOptIn: false,
    language: !isLanguage(form.language) && 'not-in-list',
  }
  return Object.entries(faults).flatMap(([path, code]) => (code ? [{ path, code }] : []))
}

/**
 * A canonical text of the form, hashed to recognise a repeated submission (R10). It contains only the slow hash of the password,
 * and no Secret number, since both forms had the right one.
 */
export const formText = (form: RegistrationForm, passwordHash: string): string => {
  const fields = { ...form, idNumber: normaliseNumber(form.idNumber), passwordHash }
  const told = Object.entries(fields).filter(([name]) => !secrets.has(name))
  return JSON.stringify(told.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const secrets: ReadonlySet<string> = new Set(['password', 'passwordConfirmation', 'secretNumber'])
