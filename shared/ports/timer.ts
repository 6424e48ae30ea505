/** Time that nobody sets: goes on while the service's clock stands still. Milliseconds. */
export interface Timer {
  /** Since 1970 by every machine's own reckoning, as near to each other as their clocks. */
  now(): number
  wait(milliseconds: number): Promise<void>
}
