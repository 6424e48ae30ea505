/** Turns passwords into hashes that are slow to guess from. Nothing but the gate may call `verify` (G1). */
export interface PasswordHasher {
  /** A PHC string with a salt of its own. */
  hash(password: string): Promise<string>
  /** Takes as long whatever the password, and whether or not it is right. */
  verify(password: string, phc: string): Promise<boolean>
  /** A hash of the same cost that no password fits, for the work to be the same where there is no account (R27). */
  readonly decoy: string
}
