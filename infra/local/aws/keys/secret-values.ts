import { randomInt } from 'node:crypto'
import { StartUpError } from '../../start-up-error.ts'
import type { LocalResource } from '../../types.ts'
import { nameOf } from '../access/role-policies.ts'

interface GenerateSecretString {
  readonly PasswordLength?: number | string
  readonly ExcludeCharacters?: string
  readonly ExcludeLowercase?: boolean | string
  readonly ExcludeUppercase?: boolean | string
  readonly ExcludeNumbers?: boolean | string
  readonly ExcludePunctuation?: boolean | string
  readonly IncludeSpace?: boolean | string
  readonly RequireEachIncludedType?: boolean | string
  readonly SecretStringTemplate?: string
  readonly GenerateStringKey?: string
}

const usualLength = 32
const lowercase = 'abcdefghijklmnopqrstuvwxyz'
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** The value that CloudFormation would generate for a new secret. Throws StartUpError if its rules cannot be met. */
export const newSecretValue = (secret: LocalResource): string => {
  const { SecretStringTemplate, GenerateStringKey, ...options } = (secret.properties.GenerateSecretString ??
    {}) as GenerateSecretString
  const password = newPassword(options, nameOf(secret))
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: password })
}

const newPassword = (options: GenerateSecretString, source: string): string => {
  const length = Number(options.PasswordLength ?? usualLength)
  const kinds = kindsOf(options).filter((kind) => kind.length > 0)
  const all = kinds.join('')
  const required = String(options.RequireEachIncludedType) === 'false' ? [] : kinds
  if (all === '' || length < required.length) throw new StartUpError(`${source}: no secret can be made like this`)
  // Shuffled, so that the required characters do not always come first.
  const characters = Array.from({ length }, (_, index) => pick(required[index] ?? all))
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1)
    const swapped = characters[last] as string
    characters[last] = characters[other] as string
    characters[other] = swapped
  }
  return characters.join('')
}

const kindsOf = (options: GenerateSecretString): readonly string[] => {
  const excluded = new Set(options.ExcludeCharacters)
  const isSet = (option: boolean | string | undefined) => String(option) === 'true'
  return [
    isSet(options.ExcludeLowercase) ? '' : lowercase,
    isSet(options.ExcludeUppercase) ? '' : lowercase.toUpperCase(),
    isSet(options.ExcludeNumbers) ? '' : '0123456789',
    isSet(options.ExcludePunctuation) ? '' : punctuation,
    isSet(options.IncludeSpace) ? ' ' : '',
  ].map((kind) =>
    Array.from(kind)
      .filter((character) => !excluded.has(character))
      .join(''),
  )
}

const pick = (characters: string): string => characters[randomInt(characters.length)] as string
