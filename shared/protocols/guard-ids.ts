import { idNumberPattern, normaliseNumber } from '../domain/identifiers.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'

/** Secrets whose tries are counted apart (R14). */
export type SecretKind = 'password' | 'secret-number'

/** Under which name an ID's tries of one kind of secret are counted. */
export const guardIdOf = (guardHash: KeyedHash, kind: SecretKind, typedId: string): Promise<string> =>
  guardHash(`${kind}:${normaliseNumber(typedId)}`)

/**
 * How events name an ID that nobody has: as long as what was typed and the same every time, but written as no ID number
 * ever is. What somebody typed there by mistake, a password say, goes no further.
 */
export const strangerOf = (typedId: string, hashOfIt: string): string =>
  `-${hashOfIt.toLowerCase()}`.slice(0, idNumberOf(typedId, hashOfIt).length)

/** The ID typed; what can be nobody's is looked for all the same, under a key that any length and letter fits and nobody has. */
export const idNumberOf = (typedId: string, hashOfIt: string): string => {
  const normalised = normaliseNumber(typedId)
  return idNumberPattern.test(normalised) ? normalised : hashOfIt
}
