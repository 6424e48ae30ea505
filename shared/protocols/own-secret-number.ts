import { normaliseNumber, secretNumberPattern } from '../domain/identifiers.ts'
import type { SecretNumberGate } from './secret-number-gate.ts'

/** Whether a new password of an account is its own Secret number, which it may not be (R06). */
export type IsOwnSecretNumber = (idNumber: string, password: string) => Promise<boolean>

/**
 * Asks the Secret number's own gate, as nothing else compares one: each question is a try and counts as one (R14), so
 * that who has a session or a link can guess no faster than anybody. Where the gate is locked, paused or busy it is not
 * known, and the password is let pass: neither lock may block the other. A text that is no Secret number by its form is
 * not tried.
 */
export const isOwnSecretNumber =
  (trySecretNumber: SecretNumberGate): IsOwnSecretNumber =>
  async (idNumber, password) => {
    if (!secretNumberPattern.test(normaliseNumber(password))) return false
    const { verdict } = await trySecretNumber(idNumber, password)
    return verdict === 'right'
  }
