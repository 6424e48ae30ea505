import { idNumberPattern, normaliseNumber } from '../domain/identifiers.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'

/** Kinds of secrets, whose attempts are counted separately (R14). */
export type SecretKind = 'password' | 'secret-number'

/** Key under which the attempts at one kind of secret of an ID are counted. */
export const guardIdOf = (guardHash: KeyedHash, kind: SecretKind, typedId: string): Promise<string> =>
  guardHash(`${kind}:${normaliseNumber(typedId)}`)

/**
 * The stand-in for an unknown ID in events: as long as what was typed and the same every time, but never a valid ID number.
 * So a password typed there by mistake is not published.
 */
export const standInFor = (typedId: string, hashOfIt: string): string =>
  `-${hashOfIt.toLowerCase()}`.slice(0, idNumberOf(typedId, hashOfIt).length)

/** The ID to look up; for text that cannot be an ID, a key that does not exist, so that the same look-up is made. */
export const idNumberOf = (typedId: string, hashOfIt: string): string => {
  const normalised = normaliseNumber(typedId)
  return idNumberPattern.test(normalised) ? normalised : hashOfIt
}
