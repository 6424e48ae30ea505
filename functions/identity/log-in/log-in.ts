import type { FieldProblem } from '../../../shared/contracts/problems.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { beginSession, expiryOf } from '../../../shared/domain/session.ts'
import type { EpochMilliseconds } from '../../../shared/domain/time.ts'
import { isTooLongToTry } from '../../../shared/domain/typed-secret.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { Sessions } from '../../../shared/ports/sessions.ts'
import type { SecretGate } from '../../../shared/protocols/secret-gate.ts'

export interface LogInPorts {
  readonly tryPassword: SecretGate<Account>
  readonly sessions: Pick<Sessions, 'begin'>
  readonly clock: Pick<Clock, 'now'>
}

export type LogInOutcome =
  | { readonly outcome: 'signed-in'; readonly token: string; readonly expiresAt: EpochMilliseconds }
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'locked'; readonly lockedUntil: EpochMilliseconds }
  | { readonly outcome: 'busy' }

export type LogIn = (typed: { idNumber: string; password: string }) => Promise<LogInOutcome>

/** Starts a session if ID number and password are right (R20). */
export const logIn =
  ({ tryPassword, sessions, clock }: LogInPorts): LogIn =>
  async ({ idNumber, password }) => {
    const fields = Object.entries({ idNumber, password })
      .filter(([, typed]) => isTooLongToTry(typed))
      .map(([path]) => ({ path, code: 'too-long' as const }))
    if (fields.length > 0) return { outcome: 'malformed', fields }

    const tried = await tryPassword(idNumber, password)
    switch (tried.verdict) {
      case 'right': {
        const session = beginSession(tried.holder.idNumber, tried.holder.sessionEpoch, clock.now())
        return { outcome: 'signed-in', token: await sessions.begin(session), expiresAt: expiryOf(session) }
      }
      case 'wrong':
        return { outcome: 'refused' }
      case 'locked':
        return { outcome: 'locked', lockedUntil: tried.lockedUntil }
      case 'busy':
        return { outcome: 'busy' }
    }
  }
