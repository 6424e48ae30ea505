import { randomInt } from 'node:crypto'

/** Every push uses the same seeds, so that no unrelated push fails; nightly runs use fresh ones (decision 0074). */
const seedOfPushes = 20_261_201

const seedOf = ({ SEED, NIGHTLY }: NodeJS.ProcessEnv): number => {
  if (SEED !== undefined) return Number(SEED)
  return NIGHTLY === '1' ? randomInt(2 ** 31) : seedOfPushes
}

/** The first seed of every seeded test: SEED from the environment to replay a failure, else by the test tier. */
export const firstSeed = seedOf(process.env)

/** Runs a schedule for each of so many seeds. A failure names the seed that replays it. */
export const forEachSeed = async (count: number, run: (seed: number) => Promise<void>): Promise<void> => {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    try {
      await run(seed)
    } catch (error) {
      throw new Error(`SEED=${seed} replays this: ${(error as Error).message}`, { cause: error })
    }
  }
}
