import { isTokenShaped } from '../../../shared/domain/account-token.ts'
import type { EmailChanges } from '../../../shared/ports/email-changes.ts'
import type { NewId } from '../../../shared/ports/ids.ts'

export interface ConfirmEmailPorts {
  readonly changes: Pick<EmailChanges, 'confirm'>
  readonly newId: NewId
}

export type ConfirmEmail = (token: string) => Promise<{ readonly outcome: 'confirmed' | 'expired' }>

/** Activates the pending address, given the token that was mailed to it; the old address is notified (R55). */
export const confirmEmail =
  ({ changes, newId }: ConfirmEmailPorts): ConfirmEmail =>
  async (token) => {
    if (!isTokenShaped(token)) return { outcome: 'expired' }
    const outcome = await changes.confirm(token, (idNumber) => ({
      eventId: newId(),
      type: 'email-changed',
      detail: { version: 1, idNumber },
    }))
    return { outcome }
  }
