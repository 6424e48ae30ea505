import { randomInt } from 'node:crypto'

/** The first seed of every seeded test: of the environment's SEED if it is set, which replays a failure, else a fresh one. */
export const firstSeed = process.env.SEED === undefined ? randomInt(2 ** 31) : Number(process.env.SEED)

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
