/** Sleeps with jitter, for between half of the milliseconds and all of them, so that parallel callers do not retry in step. */
export type Pause = (milliseconds: number) => Promise<void>
