import { randomBytes } from 'node:crypto'
import type { NewestReset } from '../../../shared/domain/account.ts'
import type { MailedAccounts } from '../../../shared/ports/mailed-accounts.ts'

/** Accounts with their issued tokens, the newest of each, and the events whose former address was removed. */
export const inMemoryMailedAccounts = () => {
  const issued: string[] = []
  const forgotten: string[] = []
  const newest = new Map<string, NewestReset>()
  const issue = () => {
    const token = randomBytes(32).toString('base64url')
    issued.push(token)
    return token
  }
  return {
    issued,
    forgotten,
    newest,
    async issueResetToken({ idNumber, request, after }) {
      if (newest.get(idNumber)?.tokenHash !== after?.tokenHash) return undefined
      const token = issue()
      newest.set(idNumber, { ...request, tokenHash: `hash of ${token}` })
      return token
    },
    issueEmailToken: async () => issue(),
    async forgetFormerEmail(_idNumber, eventId) {
      forgotten.push(eventId)
    },
  } satisfies MailedAccounts & Record<string, unknown>
}
