import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { clearedGuard } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import { ttlAttribute } from '../../../shared/contracts/tables.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { Verdict } from '../../../shared/protocols/secret-gate.ts'
import { modelDatabase } from '../dynamodb-model/database.ts'
import { type Lock, lockTables } from './lock.ts'
import type { CrashPoint, Outcome } from './reference.ts'

export interface Attempt {
  readonly typed: 'right' | 'wrong'
  /** Every request is applied twice, as after a lost response and an SDK retry. */
  readonly twice?: boolean | undefined
  readonly death?: CrashPoint | undefined
}

const guardId = 'guard'
const rightSecret = 'right'

/**
 * Sequential attempts on one ID at given instants; time stands still during an attempt. Expired items are removed so many
 * milliseconds after their TTL, or never.
 */
export const sequenceSimulation = (lock: Lock, removedAfter: number) => {
  const database = modelDatabase(lockTables)
  const guards = database.table('sign-in-guards').items
  let now = Date.parse('2026-11-23T09:00:00.000Z')
  let evaluated = 0
  let ids = 0

  const item = () => {
    const expiry = guards.get(guardId)?.[ttlAttribute]?.N
    if (expiry !== undefined && now >= Number(expiry) * 1000 + removedAfter) guards.delete(guardId)
    return guards.get(guardId)
  }

  return {
    now: () => now,
    wait: (milliseconds: number) => {
      now += milliseconds
    },
    /** Number of secrets evaluated. */
    evaluated: () => evaluated,
    /** The stored item of the guard; the same object until it is written again. */
    item,
    /** The guard update of a reset by email (R26). */
    reset: () => {
      item()
      const TransactItems = [clearedGuard('sign-in-guards', guardId, epochMilliseconds(now))]
      database.execute(new TransactWriteCommand({ TransactItems }))
    },
    attempt: ({ typed, twice, death }: Attempt): Promise<Outcome> => {
      const died = Promise.withResolvers<'died'>()
      let isAlive = true
      let isHashed = false
      const die = <Never>(): Promise<Never> => {
        isAlive = false
        died.resolve('died')
        return new Promise(() => {})
      }
      const send = async (command: unknown) => {
        if (!isAlive || (isHashed && death === 'before it settles')) return die()
        item()
        const sending = {}
        const answer = settled(() => database.execute(command, sending))
        const last = twice ? settled(() => database.execute(command, sending)) : answer
        return isHashed && death === 'after it has settled' ? die() : last()
      }
      const tryIt = lock({
        client: { send } as unknown as DynamoDBDocumentClient,
        guardHash: async () => guardId,
        clock: { now: () => epochMilliseconds(now) },
        newId: () => `${ids++}`,
        pause: async () => {},
        find: async () => rightSecret,
        matches: async (secret, holder) => {
          evaluated++
          isHashed = true
          return death === 'in the hash' ? die() : secret === holder
        },
      })
      return Promise.race([died.promise, tryIt('CAND0001', typed).then(outcomeOf)])
    },
  }
}

const outcomeOf = (verdict: Verdict<unknown>): Outcome =>
  verdict.verdict === 'locked' ? `locked until ${verdict.lockedUntil}` : verdict.verdict

/** Done now, told when asked. */
const settled = <Answer>(execute: () => Answer): (() => Answer) => {
  try {
    const answer = execute()
    return () => answer
  } catch (error) {
    return () => {
      throw error
    }
  }
}
