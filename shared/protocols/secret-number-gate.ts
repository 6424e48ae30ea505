import { secretNumberText } from '../domain/secret-number.ts'
import type { ClaimableEntries, ClaimableEntry } from '../ports/entries.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'
import { type GatePorts, type SecretGate, secretGate } from './secret-gate.ts'

/** Tries a Secret number; nothing else compares one (R14). */
export const secretNumberGate = (
  ports: GatePorts & { readonly entries: ClaimableEntries; readonly secretNumberHash: KeyedHash },
): SecretGate<ClaimableEntry> =>
  secretGate(ports, {
    kind: 'secret-number',
    find: (idNumber) => ports.entries.find(idNumber),
    // How long comparing takes tells nothing: without the key nobody knows which hash a guess has.
    matches: async (typed, claimable, idNumber) =>
      (await ports.secretNumberHash(secretNumberText(idNumber, typed))) === claimable?.secretHash,
  })
