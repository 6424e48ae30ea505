import { median } from '../bench/measure.ts'

/** Between which two differences the median lies, in milliseconds. */
export interface Interval {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** Takes both acts in turns, either one first by chance, so that whatever else the machine does falls on both alike. */
export const pairedDifferences = async (
  pairs: number,
  one: (pair: number) => Promise<unknown>,
  other: (pair: number) => Promise<unknown>,
): Promise<number[]> => {
  const differences: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const acts = Math.random() < 0.5 ? ([one, other] as const) : ([other, one] as const)
    const [first, second] = [await timed(() => acts[0](pair)), await timed(() => acts[1](pair))]
    differences.push(acts[0] === one ? first - second : second - first)
  }
  return differences
}

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await act()
  return performance.now() - began
}

/** The 99 % interval of the median, by drawing the differences anew two thousand times (percentile bootstrap). */
export const medianInterval = (differences: readonly number[], draws = 2_000): Interval => {
  const anew = () => differences.map(() => differences[Math.floor(Math.random() * differences.length)] as number)
  const medians = Array.from({ length: draws }, () => median(anew())).toSorted((a, b) => a - b)
  const at = (share: number) => medians[Math.min(draws - 1, Math.floor(share * draws))] as number
  return { low: at(0.005), median: median(differences), high: at(0.995) }
}
