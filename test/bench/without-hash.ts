import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'

export const password = 'Correct4Horse9Battery'

/** A hasher without hashing, to measure the rest of the request. */
export const withoutHash: PasswordHasher = {
  hash: async () => 'no hash',
  verify: async (typed) => typed === password,
  decoy: 'no hash',
}
