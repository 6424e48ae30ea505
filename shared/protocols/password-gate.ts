import type { DomainEvent } from '../contracts/events.ts'
import type { Account } from '../domain/account.ts'
import { type Guard, lockDuration, manyFailures, slotCount } from '../domain/sign-in-guard.ts'
import { later, toIso } from '../domain/time.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { NewId } from '../ports/ids.ts'
import type { PasswordHasher } from '../ports/password-hasher.ts'
import type { FailedAttempts, SignInGuards } from '../ports/sign-in-guards.ts'
import { idNumberOf, standInFor } from './guard-ids.ts'
import { type GatePorts, type SecretGate, secretGate } from './secret-gate.ts'

export interface PasswordGatePorts extends GatePorts {
  readonly accounts: Accounts
  readonly hasher: PasswordHasher
  readonly failures: FailedAttempts
}

/** Checks a password; the only caller of the hasher's `verify`. An ID without an account costs the same hash (R27). */
export const passwordGate =
  (ports: PasswordGatePorts): SecretGate<Account> =>
  (typedId, typed) => {
    const accounts = cachingAccounts(ports.accounts)
    const nameOf = async (guardId: string) => {
      const idNumber = idNumberOf(typedId, guardId)
      return (await accounts.found(idNumber)) ? idNumber : standInFor(typedId, guardId)
    }
    return secretGate(
      { ...ports, guards: eventPublishingGuards(ports, nameOf) },
      {
        kind: 'password',
        find: (idNumber) => accounts.find(idNumber),
        matches: (password, account) => ports.hasher.verify(password, account?.passwordHash ?? ports.hasher.decoy),
      },
    )(typedId, typed)
  }

/** Reads the account of one attempt once; `found` returns it without another call. */
const cachingAccounts = (accounts: Accounts) => {
  let read: { readonly account: Account | undefined } | undefined
  const find: Accounts['find'] = async (idNumber) => {
    const account = await accounts.find(idNumber)
    read = { account }
    return account
  }
  return { find, found: async (idNumber: string) => (read ? read.account : find(idNumber)) }
}

/** The guards of one attempt, which publish the events of a failure; for unknown IDs with a stand-in (R27). */
const eventPublishingGuards = (
  { guards, failures, newId }: PasswordGatePorts,
  nameOf: (guardId: string) => Promise<string>,
): SignInGuards => {
  let seen: Guard | undefined
  return {
    ...guards,
    async reserve(guardId, attempt, now) {
      const reservation = await guards.reserve(guardId, attempt, now)
      seen = reservation.guard
      return reservation
    },
    async restart(guardId, attempt, now, over) {
      const isStarted = await guards.restart(guardId, attempt, now, over)
      if (isStarted) seen = { ...over, inFlight: new Set([attempt]), wrong: new Set(), lastAttemptAt: now }
      return isStarted
    },
    async settleWrong(guardId, attempt, now) {
      const idNumber = await nameOf(guardId)
      const eventsOf = (made: Guard) => eventsOfFailure(made, idNumber, newId)
      seen = await failures.settleWrong(guardId, attempt, now, { seen, eventsOf })
      return seen
    },
  }
}

/** The third failure locks (R22); the 99th in a row causes a warning (R28). */
const eventsOfFailure = (
  { wrong, lastWrongAt, consecutive }: Guard,
  idNumber: string,
  newId: NewId,
): readonly DomainEvent[] => [
  ...(wrong.size === slotCount && lastWrongAt !== undefined
    ? [
        {
          eventId: newId(),
          type: 'account-locked' as const,
          detail: { version: 1 as const, idNumber, lockedUntil: toIso(later(lastWrongAt, lockDuration)) },
        },
      ]
    : []),
  ...(consecutive === manyFailures
    ? [{ eventId: newId(), type: 'many-failures' as const, detail: { version: 1 as const, idNumber } }]
    : []),
]
