import { seededRandom } from '../seeded-random.ts'

/** A stream of numbers that looks random and is the same for the same seed, on every machine. */
export interface RandomNumbers {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  pick<Item>(items: readonly Item[]): Item
}

export const randomNumbers = (seed: number): RandomNumbers => {
  const next = seededRandom(seed)
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    between,
    pick(items) {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
