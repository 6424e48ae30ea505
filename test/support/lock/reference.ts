/** The outcome of one attempt; `died` is without response. */
export type Outcome = 'wrong' | 'right' | 'busy' | 'died' | `locked until ${number}`

/** Where a function crashes, if it does. */
export type CrashPoint = 'in the hash' | 'before it settles' | 'after it has settled'

/** Reference model of the lock after R22 to R24 and R28, for sequential attempts; instants in milliseconds. */
export const referenceLock = () => {
  let wrong = 0
  let consecutive = 0
  let lastWrong = 0
  let lastAttempt = 0
  /** Attempts whose functions crashed before settling: each counts as wrong half a minute later. */
  let dying: number[] = []
  return {
    consecutive: () => consecutive,
    lockEnd: () => (wrong === 3 ? lastWrong + 1_800_000 : undefined),
    /** By email (R26). */
    reset() {
      wrong = 0
      consecutive = 0
    },
    attempt(now: number, typed: 'right' | 'wrong', death?: CrashPoint): Outcome {
      if (wrong === 3 && now < lastWrong + 1_800_000) return `locked until ${lastWrong + 1_800_000}`
      if (wrong === 3 || now >= lastAttempt + 86_400_000) [wrong, dying] = [0, []]
      const dead = dying.filter((since) => now >= since + 30_000).length
      dying = dying.filter((since) => now < since + 30_000)
      if (dead > 0) lastWrong = now
      wrong += dead
      consecutive += dead
      if (wrong === 3) return `locked until ${now + 1_800_000}`
      if (wrong + dying.length === 3) return 'busy'
      lastAttempt = now
      if (death === 'in the hash' || death === 'before it settles') dying.push(now)
      else if (typed === 'right') [wrong, consecutive] = [0, 0]
      else [wrong, consecutive, lastWrong] = [wrong + 1, consecutive + 1, now]
      if (death) return 'died'
      if (typed === 'right') return 'right'
      return wrong === 3 ? `locked until ${now + 1_800_000}` : 'wrong'
    },
  }
}
