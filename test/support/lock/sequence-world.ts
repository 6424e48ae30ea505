import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { ttlAttribute } from '../../../shared/contracts/tables.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { Verdict } from '../../../shared/protocols/secret-gate.ts'
import { modelTable } from '../dynamodb-model/table.ts'
import type { Lock } from './lock.ts'
import type { Death, Outcome } from './reference.ts'

export interface Attempt {
  readonly typed: 'right' | 'wrong'
  /** Every request is applied twice, as when its answer is lost and the SDK repeats it. */
  readonly twice?: boolean | undefined
  readonly death?: Death | undefined
}

const guardId = 'guard'
const rightSecret = 'right'

/**
 * One ID that is tried once after another, at instants of the test's choice: time stands still during an attempt. Items
 * past their time to live go so many milliseconds after it, perhaps never.
 */
export const sequenceWorld = (lock: Lock, removedAfter: number) => {
  const table = modelTable('guard')
  let now = Date.parse('2026-11-23T09:00:00.000Z')
  let evaluated = 0
  let attempts = 0

  const item = () => {
    const expiry = table.items.get(guardId)?.[ttlAttribute]?.N
    if (expiry !== undefined && now >= Number(expiry) * 1000 + removedAfter) table.items.delete(guardId)
    return table.items.get(guardId)
  }

  return {
    now: () => now,
    wait: (milliseconds: number) => {
      now += milliseconds
    },
    /** How many secrets have been looked at. */
    evaluated: () => evaluated,
    /** The guard's item as it is stored; the same object until it is written again. */
    item,
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
        const answer = settled(() => table.execute(command))
        const last = twice ? settled(() => table.execute(command)) : answer
        return isHashed && death === 'after it has settled' ? die() : last()
      }
      const tryIt = lock.secretGate<string>(
        {
          guards: lock.signInGuards({ send } as unknown as DynamoDBDocumentClient, 'sign-in-guards'),
          guardHash: async () => guardId,
          clock: { now: () => epochMilliseconds(now) },
          newId: () => `${attempts++}`,
          pause: async () => {},
        },
        {
          kind: 'password',
          find: async () => rightSecret,
          matches: async (secret, holder) => {
            evaluated++
            isHashed = true
            return death === 'in the hash' ? die() : secret === holder
          },
        },
      )
      return Promise.race([died.promise, tryIt('CAND0001', typed).then(outcomeOf)])
    },
  }
}

const outcomeOf = (verdict: Verdict<string>): Outcome =>
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
