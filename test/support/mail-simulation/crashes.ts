import type { CallFault } from '../../../infra/local/faults.ts'
import { assertGuarantees, type Rehearsal, rehearse } from './rehearse.ts'

/**
 * A release for each outbound call that it makes, at which the calling function dies; each call has the next of the
 * deaths in its turn, or all of them. Throws, saying how to replay it, where a promise is broken. Answers how many
 * calls there are.
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
