import type { Account } from '../../../shared/domain/account.ts'
import type { ChangeableAccounts } from '../../../shared/ports/account-choices.ts'
import type { PasswordChanges } from '../../../shared/ports/password-changes.ts'
import type { inMemoryAccounts } from './accounts.ts'
import type { inMemorySessions } from './sessions.ts'

type Rows = Pick<ReturnType<typeof inMemoryAccounts>, 'rows' | 'events'>

export const inMemoryChangeableAccounts = ({ rows }: Pick<Rows, 'rows'>): ChangeableAccounts => ({
  async change({ idNumber, registeredAt }, choices) {
    const account = rows.get(idNumber)
    if (account?.registeredAt !== registeredAt) return undefined
    const changed: Account = { ...account, ...choices }
    rows.set(idNumber, changed)
    return changed
  },
})

export const inMemoryPasswordChanges = (
  { rows, events }: Rows,
  sessions: Pick<ReturnType<typeof inMemorySessions>, 'rows'>,
): PasswordChanges => ({
  async make({ account: seen, passwordHash, sessionEpoch, sessionToken }, event) {
    const account = rows.get(seen.idNumber)
    const session = sessions.rows.get(sessionToken)
    const isAsSeen = account?.passwordHash === seen.passwordHash && account.sessionEpoch === seen.sessionEpoch
    if (!isAsSeen || session?.idNumber !== seen.idNumber || session.epoch !== seen.sessionEpoch) return 'conflict'
    rows.set(seen.idNumber, { ...account, passwordHash, sessionEpoch })
    sessions.rows.set(sessionToken, { ...session, epoch: sessionEpoch })
    events.push(event)
    return 'made'
  },
})
