import type { CallFault } from '../../../infra/local/faults.ts'
import { assertGuarantees, type Rehearsal, rehearse } from './rehearse.ts'

/**
 * Runs one release for each of its outbound calls, with a crash of the calling function at that call: with all kinds of
 * crashes, or with one kind per call in rotation. Throws, with the seed to replay, if a guarantee is violated. Returns
 * the number of calls.
 */
export const crashAtEveryCall = async (
  rehearsal: Rehearsal,
  crashes: readonly CallFault[],
  { inTurn = false }: { readonly inTurn?: boolean } = {},
): Promise<number> => {
  const { seed } = rehearsal
  const calls = (await rehearse(rehearsal)).simulation.outbound()
  for (let call = 1; call <= calls; call++) {
    for (const crash of inTurn ? crashes.filter((_, index) => (call + seed) % crashes.length === index) : crashes) {
      await survives(rehearsal, call, crash)
    }
  }
  return calls
}

const survives = async (rehearsal: Rehearsal, wanted: number, crash: CallFault) => {
  try {
    assertGuarantees(
      await rehearse({
        ...rehearsal,
        intervene: (simulation) => simulation.fateOfCalls((call) => (call === wanted ? crash : undefined)),
      }),
    )
  } catch (error) {
    throw new Error(`SEED=${rehearsal.seed}, ${crash} at call ${wanted}: ${(error as Error).message}`, { cause: error })
  }
}
