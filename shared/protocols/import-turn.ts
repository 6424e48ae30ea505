import type { ImportProgress } from '../domain/import.ts'
import { later, minute, second } from '../domain/time.ts'
import type { Turn } from '../ports/imports.ts'
import type { ImportPorts } from './import-steps.ts'

/** Another attempt at this import has taken over. */
export class TurnLost extends Error {
  override readonly name = 'TurnLost'
}

/** A turn outlives the longest page and is short enough that a crash holds up the next attempt for a minute only. */
const turnFor = minute
/** So often the turn is moved on and people are told. */
const keepEvery = 10 * second
const tellEvery = 2 * second

/** How long an attempt waits by itself before it hands the file back to the queue. */
const maxWait = 20 * second

/** Undefined where another file of the kind is imported for longer than it pays to wait here. */
export const takeTurn = async (
  { imports, clock, pause, newId }: ImportPorts,
  { kind, importId }: Pick<Turn, 'kind' | 'importId'>,
  longest = maxWait,
): Promise<Turn | undefined> => {
  const attempt = newId()
  for (let waited = 0; waited <= longest; waited += second) {
    const now = clock.now()
    const turn = await imports.takeTurn({ kind, importId, attempt, until: later(now, turnFor) }, now)
    if (turn) return turn
    if (waited < longest) await pause(second)
  }
  return undefined
}

/** Moves the turn's end in good time before it lapses, and notes the progress now and then; throws if the turn is lost. */
export const keepingTurn = ({ imports, clock }: ImportPorts, turn: Turn) => {
  let [keptAt, toldAt] = [later(turn.until, -turnFor), later(turn.until, -turnFor)]
  return async (progress: ImportProgress): Promise<void> => {
    const now = clock.now()
    if (now - keptAt >= keepEvery) {
      if ((await imports.keepTurn({ ...turn, until: later(now, turnFor) })) === 'lost')
        throw new TurnLost(turn.importId)
      keptAt = now
    }
    if (now - toldAt >= tellEvery) {
      await imports.noteProgress(turn, progress)
      toldAt = now
    }
  }
}
