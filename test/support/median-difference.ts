/** The interval in which the median lies, in milliseconds. */
export interface Interval {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** One measured action of a pair; returns its duration in milliseconds. */
export type Costing = (pair: number) => Promise<number>

/** Alternates both actions in random order, so that other load on the machine affects both equally. */
export const pairedDifferences = async (pairs: number, one: Costing, other: Costing): Promise<number[]> => {
  const differences: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const acts = Math.random() < 0.5 ? ([one, other] as const) : ([other, one] as const)
    const [first, second] = [await acts[0](pair), await acts[1](pair)]
    differences.push(acts[0] === one ? first - second : second - first)
  }
  return differences
}

/** Wall-clock time of an action. */
export const wallTimeOf = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await act()
  return performance.now() - began
}

/** CPU time of an action in this process, independent of other processes. */
export const processorTimeOf = async (act: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** Busy-waits for so many milliseconds with microsecond precision, which no timer has. */
export const keepBusy = (milliseconds: number): void => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

/** Of a normal distribution, 99 % lies within so many standard deviations. */
const deviationsOf99Percent = 2.5758

/**
 * The 99 % confidence interval of the median by the sign test: exact for any distribution, and not affected by the size
 * of outliers.
 */
export const medianInterval = (differences: readonly number[]): Interval => {
  const sorted = Float64Array.from(differences).sort()
  const { length } = sorted
  const rank = Math.floor((length - deviationsOf99Percent * Math.sqrt(length)) / 2)
  if (rank < 1) throw new Error('too little was measured')
  const at = (place: number) => sorted[place] as number
  return {
    low: at(rank - 1),
    median: (at((length - 1) >> 1) + at(length >> 1)) / 2,
    high: at(length - rank),
  }
}

export interface Precision {
  readonly pairs: number
  /** Measurements continue until the interval is at most this wide, whatever its position. */
  readonly width: number
  readonly maxPairs: number
}

/** The interval of at least so many pairs, and more on a busy machine until it is narrow enough. */
export const intervalOf = async (
  measure: (pairs: number) => Promise<readonly number[]>,
  { pairs, width, maxPairs }: Precision,
): Promise<Interval & { readonly pairs: number }> => {
  const differences = [...(await measure(pairs))]
  const widthOf = ({ low, high }: Interval) => high - low
  while (differences.length < maxPairs && widthOf(medianInterval(differences)) > width) {
    differences.push(...(await measure(pairs / 2)))
  }
  return { ...medianInterval(differences), pairs: differences.length }
}
