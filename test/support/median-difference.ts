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

// Within jest, every look-up of a global costs more than the draw.
const { floor, random } = Math

/** The 99 % interval of the median, by drawing the differences anew two thousand times (percentile bootstrap). */
export const medianInterval = (differences: readonly number[], draws = 2_000): Interval => {
  const observed = Float64Array.from(differences)
  const drawn = new Float64Array(observed.length)
  const medianAnew = () => {
    for (let place = 0; place < drawn.length; place++) drawn[place] = observed[floor(random() * drawn.length)] as number
    return middleOf(drawn.sort())
  }
  const medians = Float64Array.from({ length: draws }, medianAnew).sort()
  const at = (share: number) => medians[floor(share * (draws - 1))] as number
  return { low: at(0.005), median: middleOf(observed.sort()), high: at(0.995) }
}

const middleOf = (sorted: Float64Array): number => {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (low === undefined || high === undefined) throw new Error('nothing was measured')
  return (low + high) / 2
}
