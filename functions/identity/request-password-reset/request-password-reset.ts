import type { FieldProblem } from '../../../shared/contracts/problems.ts'
import { normaliseNumber } from '../../../shared/domain/identifiers.ts'
import { toIso } from '../../../shared/domain/time.ts'
import { isTooLongToTry } from '../../../shared/domain/typed-secret.ts'
import type { RegisteredIds } from '../../../shared/ports/accounts.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { KeyedHash } from '../../../shared/ports/keyed-hash.ts'
import type { PasswordResets } from '../../../shared/ports/password-resets.ts'
import { idNumberOf, standInFor } from '../../../shared/protocols/guard-ids.ts'

export interface RequestPasswordResetPorts {
  readonly resets: Pick<PasswordResets, 'count' | 'tell'>
  readonly registeredIds: RegisteredIds
  readonly guardHash: KeyedHash
  readonly newId: NewId
  readonly clock: Pick<Clock, 'now'>
}

export type RequestPasswordResetOutcome =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }

export type RequestPasswordReset = (idNumber: string) => Promise<RequestPasswordResetOutcome>

/**
 * Records the request for a password-reset link (R30), with the same calls for every ID (R27); another function sends the
 * mail. Whether the ID exists only decides how the event names it, so that text typed by mistake is not published. The
 * look-up comes after the request has been counted, so at most three look-ups an hour can be timed. A request neither
 * causes a lock nor is blocked by one (R26).
 */
export const requestPasswordReset =
  ({ resets, registeredIds, guardHash, newId, clock }: RequestPasswordResetPorts): RequestPasswordReset =>
  async (typed) => {
    if (isTooLongToTry(typed)) return { outcome: 'malformed', fields: [{ path: 'idNumber', code: 'too-long' }] }
    const askerId = await guardHash(`password-reset:${normaliseNumber(typed)}`)
    if ((await resets.count(askerId)) === 'too-many') return { outcome: 'taken' }
    const looked = idNumberOf(typed, askerId)
    const idNumber = (await registeredIds.has(looked)) ? looked : standInFor(typed, askerId)
    const detail = { version: 1 as const, idNumber, requestedAt: toIso(clock.now()) }
    await resets.tell({ eventId: newId(), type: 'password-reset-requested', detail })
    return { outcome: 'taken' }
  }
