import type { DomainEvent } from '../../../shared/contracts/events.ts'
import type { Account } from '../../../shared/domain/account.ts'
import type { Accounts, NewAccounts } from '../../../shared/ports/accounts.ts'

/** Accounts in a map, and the events written with them; the entries of the given IDs count as deleted. */
export const inMemoryAccounts = (withoutEntry: ReadonlySet<string> = new Set()) => {
  const rows = new Map<string, Account>()
  const events: DomainEvent[] = []
  return {
    rows,
    events,
    async find(idNumber) {
      return rows.get(idNumber)
    },
    async create(account, event) {
      const by = rows.get(account.idNumber)
      if (by) return { outcome: 'taken', by: { registrationHash: by.registrationHash, registeredAt: by.registeredAt } }
      if (withoutEntry.has(account.idNumber)) return { outcome: 'no-entry' }
      rows.set(account.idNumber, account)
      events.push(event)
      return { outcome: 'created' }
    },
  } satisfies Accounts & NewAccounts & Record<string, unknown>
}
