import type { BodyOf } from '../../../shared/contracts/http.ts'
import type { FieldCode, FieldProblem } from '../../../shared/contracts/problems.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { isEmailAddress, isTooLongAddress } from '../../../shared/domain/email-address.ts'
import type { EpochMilliseconds } from '../../../shared/domain/time.ts'
import { isTooLongToTry } from '../../../shared/domain/typed-secret.ts'
import type { EmailChanges } from '../../../shared/ports/email-changes.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { KeyedHash } from '../../../shared/ports/keyed-hash.ts'
import type { SecretGate } from '../../../shared/protocols/secret-gate.ts'

export interface ChangeEmailPorts {
  readonly tryPassword: SecretGate<Account>
  readonly changes: Pick<EmailChanges, 'request'>
  readonly guardHash: KeyedHash
  readonly newId: NewId
}

export type ChangeEmailOutcome =
  | { readonly outcome: 'requested' }
  | { readonly outcome: 'malformed'; readonly fields: readonly FieldProblem[] }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'locked'; readonly lockedUntil: EpochMilliseconds }
  | { readonly outcome: 'busy' }
  /** More than three requests within an hour, or the session has ended meanwhile. */
  | { readonly outcome: 'not-now' }

type Form = BodyOf<'changeEmail'>

export type ChangeEmail = (account: Account, form: Form) => Promise<ChangeEmailOutcome>

/** Stores a new address as pending if the password is right; the current one stays active until the new one is confirmed (R55). */
export const changeEmail =
  (ports: ChangeEmailPorts): ChangeEmail =>
  async ({ idNumber }, form) => {
    const fields = formProblems(form)
    if (fields.length > 0) return { outcome: 'malformed', fields }

    const tried = await ports.tryPassword(idNumber, form.currentPassword)
    switch (tried.verdict) {
      case 'right':
        return request(ports, tried.holder, form.email)
      case 'wrong':
        return { outcome: 'refused' }
      case 'locked':
        return { outcome: 'locked', lockedUntil: tried.lockedUntil }
      case 'busy':
        return { outcome: 'busy' }
    }
  }

const request = async ({ changes, guardHash, newId }: ChangeEmailPorts, account: Account, address: string) => {
  const { idNumber } = account
  const outcome = await changes.request(
    { account, address, askerId: await guardHash(`email-change:${idNumber}`) },
    { eventId: newId(), type: 'email-change-requested', detail: { version: 1, idNumber } },
  )
  return { outcome }
}

const formProblems = ({ currentPassword, email }: Form): FieldProblem[] => {
  const faults: Record<keyof Form, FieldCode | false> = {
    currentPassword: isTooLongToTry(currentPassword) && 'too-long',
    email: isTooLongAddress(email) ? 'too-long' : !isEmailAddress(email) && 'email-format',
  }
  return Object.entries(faults).flatMap(([path, code]) => (code ? [{ path, code }] : []))
}
