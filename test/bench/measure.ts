/** One line of the report: two variants measured in one run, and their ratio. */
export interface Comparison {
  readonly what: string
  readonly unit: string
  /** Our variant: its name and median. */
  readonly ours: Measured
  /** The baseline it is compared with. */
  readonly other: Measured
  /** ours / other. */
  readonly ratio: number
  readonly note?: string
}

export interface Measured {
  readonly name: string
  readonly median: number
  /** Lowest and highest sample. */
  readonly range: readonly [number, number]
  readonly samples: number
}

export const median = (samples: readonly number[]): number => {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]]
  if (low === undefined || high === undefined) throw new Error('nothing was measured')
  return (low + high) / 2
}

const measured = (name: string, samples: readonly number[]): Measured => ({
  name,
  median: median(samples),
  range: [Math.min(...samples), Math.max(...samples)],
  samples: samples.length,
})

/**
 * Alternates samples of both variants, so that other load on the machine affects both equally; the first round is a
 * warm-up and discarded.
 */
export const compare = async (
  what: string,
  unit: string,
  rounds: number,
  ours: readonly [name: string, sample: () => Promise<number> | number],
  other: readonly [name: string, sample: () => Promise<number> | number],
  note?: string,
): Promise<Comparison> => {
  const samples: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const pair = [await ours[1](), await other[1]()] as const
    if (round === 0) continue
    samples[0].push(pair[0])
    samples[1].push(pair[1])
  }
  const [left, right] = [measured(ours[0], samples[0]), measured(other[0], samples[1])]
  return { what, unit, ours: left, other: right, ratio: left.median / right.median, ...(note && { note }) }
}
