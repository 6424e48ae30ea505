import { randomBytes } from 'node:crypto'
import type { MailedAccounts } from '../../../shared/ports/mailed-accounts.ts'

/** Accounts of which the tokens issued are remembered, and the events whose former address was forgotten. */
export const inMemoryMailedAccounts = () => {
  const issued: string[] = []
  const forgotten: string[] = []
  const issue = async () => {
    const token = randomBytes(32).toString('base64url')
    issued.push(token)
    return token
  }
  return {
    issued,
    forgotten,
    issueResetToken: issue,
    issueEmailToken: issue,
    async forgetFormerEmail(_idNumber, eventId) {
      forgotten.push(eventId)
    },
  } satisfies MailedAccounts & Record<string, unknown>
}
