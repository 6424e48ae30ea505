import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'

export const password = 'Correct4Horse9Battery'

/** Knows the password without hashing: what is left is the rest of the request. */
export const withoutHash: PasswordHasher = {
  hash: async () => 'no hash',
  verify: async (typed) => typed === password,
  decoy: 'no hash',
}
