/** Random numbers determined by a seed. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number
  /** At least the first, less than the second. */
  between(least: number, limit: number): number
  /** A whole number, at least 0 and less than the limit. */
  below(limit: number): number
  chance(probability: number): boolean
}

// Cached: in jest, looking up a global takes longer than the rest of this function.
const { imul } = Math

/** mulberry32: small, fast, and good enough for schedules. */
export const seededRandom = (seed: number): Random => {
  // Mixed, so that adjacent seeds give unrelated sequences.
  let state = imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (least, limit) => least + next() * (limit - least),
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => probability > 0 && next() < probability,
  }
}
