import type { FieldProblem } from '../../../shared/contracts/problems.ts'
import { normaliseNumber } from '../../../shared/domain/identifiers.ts'
import { isTooLongToTry } from '../../../shared/domain/typed-secret.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { KeyedHash } from '../../../shared/ports/keyed-hash.ts'
import type { PasswordResets } from '../../../shared/ports/password-resets.ts'
import { idNumberOf } from '../../../shared/protocols/guard-ids.ts'

export interface RequestPasswordResetPorts {
  readonly resets: Pick<PasswordResets, 'request'>
  readonly guardHash: KeyedHash
  readonly newId: NewId
}

export type RequestPasswordResetOutcome =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }

export type RequestPasswordReset = (idNumber: string) => Promise<RequestPasswordResetOutcome>

/**
 * Takes the wish for a link to a new password (R30). Whether there is such an account is for the sender of the mail to
 * find out: here nobody looks, so that nothing can show it (R27). Asking neither locks nor is stopped by a lock (R26).
 */
export const requestPasswordReset =
  ({ resets, guardHash, newId }: RequestPasswordResetPorts): RequestPasswordReset =>
  async (typed) => {
    if (isTooLongToTry(typed)) return { outcome: 'malformed', fields: [{ path: 'idNumber', code: 'too-long' }] }
    const askerId = await guardHash(`password-reset:${normaliseNumber(typed)}`)
    await resets.request(askerId, {
      eventId: newId(),
      type: 'password-reset-requested',
      detail: { version: 1, idNumber: idNumberOf(typed, askerId) },
    })
    return { outcome: 'taken' }
  }
