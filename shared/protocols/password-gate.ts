import type { Account } from '../domain/account.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { PasswordHasher } from '../ports/password-hasher.ts'
import { type GatePorts, type SecretGate, secretGate } from './secret-gate.ts'

/** Tries a password; the only caller of the hasher's `verify`. An ID without account costs the same hash (R27). */
export const passwordGate = (
  ports: GatePorts & { readonly accounts: Accounts; readonly hasher: PasswordHasher },
): SecretGate<Account> =>
  secretGate(ports, {
    kind: 'password',
    find: (idNumber) => ports.accounts.find(idNumber),
    matches: (typed, account) => ports.hasher.verify(typed, account?.passwordHash ?? ports.hasher.decoy),
  })
