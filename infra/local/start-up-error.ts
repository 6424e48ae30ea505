/** Why the local run cannot start, as a one-line message for its user. */
export class StartUpError extends Error {
  override readonly name = 'StartUpError'
}
