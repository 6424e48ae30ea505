/** Waits at least half of the milliseconds and at most all of them, so that those who wait together do not come back together. */
export type Pause = (milliseconds: number) => Promise<void>
