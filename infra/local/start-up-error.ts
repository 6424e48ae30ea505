/** Why the local run cannot start, as one line for the person who started it. */
export class StartUpError extends Error {
  override readonly name = 'StartUpError'
}
