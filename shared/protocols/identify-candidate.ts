import type { Account } from '../domain/account.ts'
import { extended, isOver } from '../domain/session.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Sessions } from '../ports/sessions.ts'

/**
 * The account of a session token, if the session has neither expired nor belongs to an earlier epoch of the account. Extends
 * the session's idle time.
 */
export const identifyCandidate =
  ({ sessions, accounts, clock }: { sessions: Sessions; accounts: Accounts; clock: Pick<Clock, 'now'> }) =>
  async (token: string | undefined): Promise<Account | undefined> => {
    if (token === undefined || !sessionToken.test(token)) return undefined
    const now = clock.now()
    const session = await sessions.find(token)
    if (!session || isOver(session, now)) return undefined
    const longer = extended(session, now)
    const [account] = await Promise.all([accounts.find(session.idNumber), longer && sessions.extend(token, longer)])
    if (account?.sessionEpoch === session.epoch) return account
    // A password change in this same session updates both, perhaps between the two reads.
    const current = await sessions.find(token)
    return current?.epoch === account?.sessionEpoch ? account : undefined
  }

const sessionToken = /^[\w-]{43}$/
