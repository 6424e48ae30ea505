/** Real time in milliseconds, which continues while the service's clock is frozen. */
export interface Timer {
  /** Milliseconds since the epoch by the machine's clock, subject to clock skew. */
  now(): number
  wait(milliseconds: number): Promise<void>
}
