import type { CallFault } from '../../../infra/local/faults.ts'
import { keepPromises, type Rehearsal, rehearse } from './rehearse.ts'

/**
 * A release for each outbound call that it makes, at which the calling function dies; each call has the next of the
 * deaths in its turn, or all of them. Throws, saying how to replay it, where a promise is broken. Answers how many
 * calls there are.
 */
export const everyDeath = async (
  rehearsal: Rehearsal,
  deaths: readonly CallFault[],
  { inTurn = false }: { readonly inTurn?: boolean } = {},
): Promise<number> => {
  const { seed } = rehearsal
  const calls = (await rehearse(rehearsal)).world.outbound()
  for (let call = 1; call <= calls; call++) {
    for (const death of inTurn ? deaths.filter((_, index) => (call + seed) % deaths.length === index) : deaths) {
      await survives(rehearsal, call, death)
    }
  }
  return calls
}

const survives = async (rehearsal: Rehearsal, wanted: number, death: CallFault) => {
  try {
    keepPromises(
      await rehearse({
        ...rehearsal,
        disturb: (world) => world.fateOfCalls((call) => (call === wanted ? death : undefined)),
      }),
    )
  } catch (error) {
    throw new Error(`SEED=${rehearsal.seed}, ${death} at call ${wanted}: ${(error as Error).message}`, { cause: error })
  }
}
