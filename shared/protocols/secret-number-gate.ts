import { secretNumberText } from '../domain/secret-number.ts'
import { manyFailures } from '../domain/sign-in-guard.ts'
import type { ClaimableEntries, ClaimableEntry } from '../ports/entries.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'
import type { SignInGuards } from '../ports/sign-in-guards.ts'
import { type GatePorts, secretGate, type Verdict } from './secret-gate.ts'

/** Like `SecretGate`, with the verdict `paused` once an entry has had too many failures (R14). */
export type SecretNumberGate = (
  typedId: string,
  typed: string,
) => Promise<Verdict<ClaimableEntry> | { readonly verdict: 'paused' }>

/** Checks a Secret number; the only code that compares one (R14). */
export const secretNumberGate = (
  ports: GatePorts & { readonly entries: ClaimableEntries; readonly secretNumberHash: KeyedHash },
): SecretNumberGate => {
  const tryIt = secretGate(
    { ...ports, guards: pausingGuards(ports.guards) },
    {
      kind: 'secret-number',
      find: (idNumber) => ports.entries.find(idNumber),
      // The comparison need not be constant-time: without the key nobody knows the hash of a guess.
      matches: async (typed, claimable, idNumber) =>
        (await ports.secretNumberHash(secretNumberText(idNumber, typed))) === claimable?.secretHash,
    },
  )
  return async (typedId, typed) => {
    try {
      return await tryIt(typedId, typed)
    } catch (error) {
      if (error instanceof TooManyFailures) return { verdict: 'paused' }
      throw error
    }
  }
}

class TooManyFailures extends Error {
  override readonly name = 'TooManyFailures'
}

/** A Secret number is short: in the end every one would be guessed, three an hour. */
const pausingGuards = (guards: SignInGuards): SignInGuards => ({
  ...guards,
  async reserve(guardId, attempt, now) {
    const reservation = await guards.reserve(guardId, attempt, now)
    if ((reservation.guard.consecutive ?? 0) < manyFailures) return reservation
    if (reservation.outcome === 'reserved') await guards.release(guardId, attempt)
    throw new TooManyFailures()
  },
})
