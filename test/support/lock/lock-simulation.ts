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

/** A secret that was looked at, whatever came of it. */
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
 * One ID that many functions try at once in virtual time: the gate and the adapter as deployed (or the broken variant
 * given), over a model of the table, with every request interleaved and disturbed as the seed decides.
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

  /** A run whose secret was right succeeds with the first write that it sends then, when that is applied. */
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
    /** What was looked at, in order. */
    evaluations,
    /** When a success was written, in order. */
    successes,
    /** Of those attempts that came to one. */
    answers,
    /** How many failures in a row the guard has counted. */
    failuresCounted: () => {
      const guards = [...database.table('sign-in-guards').items.values()]
      return guards.reduce((sum, item) => sum + Number(item.consecutive?.N ?? 0), 0)
    },
    /** How many locks have been told. */
    locksTold: () => {
      const told = [...database.table('outbox').items.values()]
      return told.filter(({ type }) => type?.S === 'account-locked').length
    },
    /** A wrong secret, typed so many milliseconds after the start. */
    guess: (milliseconds: number) => plan(milliseconds, 'wrong'),
    /** The right secret, typed so many milliseconds after the start. */
    logIn: (milliseconds: number) => plan(milliseconds, rightSecret),
    /** Until nothing happens any more. */
    run: async () => {
      await time.run()
      if (unexpected.length > 0) throw unexpected[0]
    },
  }
}

export type LockSimulation = ReturnType<typeof lockSimulation>
