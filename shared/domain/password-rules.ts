import { normaliseNumber } from './identifiers.ts'

export const minPasswordLength = 8
export const maxPasswordLength = 128

export type PasswordFault =
  | 'password-characters'
  | 'password-too-short'
  | 'password-too-long'
  | 'password-too-common'
  | 'password-personal'

/** What a password may not be equal to, ignoring case. */
export interface PersonalTexts {
  readonly idNumber: string
  readonly secretNumber?: string
  /** The part before the `@`. */
  readonly emailLocalPart?: string | undefined
}

/** The first rule of R06 that a new password breaks, or undefined if it is good. Case counts, and nothing is cut off. */
export const passwordFault = (
  password: string,
  { idNumber, secretNumber, emailLocalPart }: PersonalTexts,
  isCommon: (lowerCased: string) => boolean,
): PasswordFault | undefined => {
  if (!/^[A-Za-z0-9]*$/.test(password)) return 'password-characters'
  if (password.length < minPasswordLength) return 'password-too-short'
  if (password.length > maxPasswordLength) return 'password-too-long'
  const lowerCased = password.toLowerCase()
  const personal = [normaliseNumber(idNumber), normaliseNumber(secretNumber ?? ''), emailLocalPart ?? '']
  if (personal.some((text) => text.toLowerCase() === lowerCased)) return 'password-personal'
  return isCommon(lowerCased) ? 'password-too-common' : undefined
}
