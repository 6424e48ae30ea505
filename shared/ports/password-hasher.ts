/** Turns passwords into hashes that are slow to guess from. Nothing but the gate may call `verify` (G1). */
export interface PasswordHasher {
  /** A PHC string with a random salt; with `saltSource`, the same password and source give the same string. */
  hash(password: string, saltSource?: string): Promise<string>
  /** Takes as long whatever the password, and whether or not it is right. */
  verify(password: string, phc: string): Promise<boolean>
  /** A hash of the same cost that no password fits, for the work to be the same where there is no account (R27). */
  readonly decoy: string
}
