import { randomInt } from 'node:crypto'

/** Every push makes the same draws, so that none fails for what it did not change; nights look further (decision 0074). */
const seedOfPushes = 20_261_201

const seedOf = ({ SEED, NIGHTLY }: NodeJS.ProcessEnv): number => {
  if (SEED !== undefined) return Number(SEED)
  return NIGHTLY === '1' ? randomInt(2 ** 31) : seedOfPushes
}

/** The first seed of every seeded test: the environment's SEED, which replays a failure, else by the tier of tests. */
export const firstSeed = seedOf(process.env)

/** Runs a schedule for each of so many seeds. A failure says which seed replays it, as the first of its test. */
export const forEachSeed = async (count: number, run: (seed: number) => Promise<void>): Promise<void> => {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    try {
      await run(seed)
    } catch (error) {
      throw new Error(`SEED=${seed} replays this: ${(error as Error).message}`, { cause: error })
    }
  }
}
