/** One thing that has to be in order on the day, as it is now. */
export interface ReadinessCheck {
  /** Stable, for machines. */
  readonly check: string
  /** `fail`: the release will not happen, or not as it should. `not-checked`: nothing here answers the question. */
  readonly state: 'ok' | 'warn' | 'fail' | 'not-checked'
  /** How it is, in one sentence. */
  readonly says: string
  /** What to do; absent where nothing is to be done. */
  readonly todo?: string
}

/** Whether nothing fails; what was not checked and what is warned of is for people to judge. */
export const isReady = (checks: readonly ReadinessCheck[]): boolean => checks.every(({ state }) => state !== 'fail')

/** What a check came to, without its name. */
export type Found = Omit<ReadinessCheck, 'check'>

export const ok = (says: string): Found => ({ state: 'ok', says })
export const warn = (says: string, todo: string): Found => ({ state: 'warn', says, todo })
export const fail = (says: string, todo: string): Found => ({ state: 'fail', says, todo })
