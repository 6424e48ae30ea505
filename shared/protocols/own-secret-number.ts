import { normaliseNumber, secretNumberPattern } from '../domain/identifiers.ts'
import type { SecretNumberGate } from './secret-number-gate.ts'

/** Whether a new password equals the account's Secret number, which is not allowed (R06). */
export type IsOwnSecretNumber = (idNumber: string, password: string) => Promise<boolean>

/**
 * Uses the Secret number's gate, the only code that compares one: each check counts as an attempt (R14), so that somebody with
 * a session or a link can guess no faster than anybody else. If the gate is locked, paused or busy, the password is accepted:
 * neither lock may block the other. Text that does not have the form of a Secret number is not checked.
 */
export const isOwnSecretNumber =
  (trySecretNumber: SecretNumberGate): IsOwnSecretNumber =>
  async (idNumber, password) => {
    if (!secretNumberPattern.test(normaliseNumber(password))) return false
    const { verdict } = await trySecretNumber(idNumber, password)
    return verdict === 'right'
  }
