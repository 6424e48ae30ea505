import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type EpochMilliseconds, epochMilliseconds } from '../../../shared/domain/time.ts'
import type { Verdict } from '../../../shared/protocols/secret-gate.ts'
import { modelDatabase } from '../dynamodb-model/database.ts'
import { seededRandom } from '../simulation/seeded-random.ts'
import { virtualTime } from '../simulation/virtual-time.ts'
import type { Faults } from './faults.ts'
import { type Lock, lockTables } from './lock.ts'
import { NoAnswer, network, type Run } from './network.ts'

/** An evaluated secret, whatever the outcome of its attempt. */
export interface Evaluation {
  readonly at: EpochMilliseconds
  readonly right: boolean
}

export type Answer = Verdict<unknown>['verdict'] | 'failed'

interface FunctionRun extends Run {
  right: boolean
  succeeded: boolean
}

const rightSecret = 'right'

/**
 * Many functions try one ID concurrently in virtual time: the gate and the adapter as deployed (or a broken variant) over
 * a model of the table, with interleavings and faults determined by the seed.
 */
export const lockSimulation = (lock: Lock, seed: number, faults: Faults) => {
  const random = seededRandom(seed)
  const time = virtualTime()
  const { request, work } = network(time, random, faults)
  const database = modelDatabase(lockTables)
  const evaluations: Evaluation[] = []
  const successes: EpochMilliseconds[] = []
  const answers: Answer[] = []
  const unexpected: unknown[] = []
  let ids = 0

  /** A run with the right secret succeeds when its next write is applied. */
  const clientOf = (run: FunctionRun) => ({
    send: (command: unknown) => {
      const mayBeSuccess = run.right && !(command instanceof GetItemCommand)
      const sending = {}
      return request(run, () => {
        const answer = database.execute(command, sending)
        if (mayBeSuccess && !run.succeeded) {
          run.succeeded = true
          successes.push(time.now())
        }
        return answer
      })
    },
  })

  const attempt = async (typed: string) => {
    const run: FunctionRun = { alive: true, right: false, succeeded: false }
    const skew = random.between(-1, 1) * faults.skew
    const tryIt = lock({
      client: clientOf(run) as unknown as DynamoDBDocumentClient,
      guardHash: async (text) => text,
      clock: { now: () => epochMilliseconds(Math.floor(time.now() + skew)) },
      newId: () => `${ids++}`,
      pause: (milliseconds) => work(run, milliseconds * random.between(0.5, 1)),
      find: () => request(run, () => rightSecret),
      matches: async (secret, holder) => {
        const right = secret === holder
        evaluations.push({ at: time.now(), right })
        await work(run, random.between(50, 400))
        run.right = right
        return right
      },
    })
    try {
      answers.push((await tryIt('CAND0001', typed)).verdict)
    } catch (error) {
      if (error instanceof NoAnswer) answers.push('failed')
      else unexpected.push(error)
    }
  }
  const plan = (milliseconds: number, typed: string) => time.after(milliseconds, () => void attempt(typed))

  return {
    random,
    now: () => time.now(),
    /** The evaluated secrets, in order. */
    evaluations,
    /** The instants at which a success was written, in order. */
    successes,
    /** The responses of the completed attempts. */
    answers,
    /** The guard's number of consecutive failures. */
    failuresCounted: () => {
      const guards = [...database.table('sign-in-guards').items.values()]
      return guards.reduce((sum, item) => sum + Number(item.consecutive?.N ?? 0), 0)
    },
    /** Number of lock events. */
    locksTold: () => {
      const told = [...database.table('outbox').items.values()]
      return told.filter(({ type }) => type?.S === 'account-locked').length
    },
    /** Tries a wrong secret so many milliseconds after the start. */
    guess: (milliseconds: number) => plan(milliseconds, 'wrong'),
    /** Tries the right secret so many milliseconds after the start. */
    logIn: (milliseconds: number) => plan(milliseconds, rightSecret),
    /** Runs until no event is left. */
    run: async () => {
      await time.run()
      if (unexpected.length > 0) throw unexpected[0]
    },
  }
}

export type LockSimulation = ReturnType<typeof lockSimulation>
