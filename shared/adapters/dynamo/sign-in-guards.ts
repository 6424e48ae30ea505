import {
  type AttributeValue,
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { ttlAttribute } from '../../contracts/tables.ts'
import { type Guard, guardLifetime } from '../../domain/sign-in-guard.ts'
import { day, type EpochMilliseconds, epochMilliseconds, later, toEpochSeconds } from '../../domain/time.ts'
import type { SignInGuards } from '../../ports/sign-in-guards.ts'
import { retryOnConflict, type TransactItems } from './transact.ts'

type Item = Record<string, AttributeValue>

// A condition cannot add up, so `fewer than three in both sets` is spelled out. An empty set is an absent attribute.
const noneWrong = 'attribute_not_exists(wrong)'
const oneWrong = 'size(wrong) = :one'
const twoWrong = 'size(wrong) = :two'
const noneInFlight = 'attribute_not_exists(inFlight)'
const oneInFlight = 'size(inFlight) = :one'
const twoInFlight = 'size(inFlight) = :two'
const nothingCounted = `${noneWrong} AND ${noneInFlight}`
const aSlotIsFree = [
  `(${noneWrong} AND (${oneInFlight} OR ${twoInFlight}))`,
  `(${oneWrong} AND (${noneInFlight} OR ${oneInFlight}))`,
  `(${twoWrong} AND ${noneInFlight})`,
].join(' OR ')
const notLapsed = 'lastAttemptAt > :lapsedSince'
const notSettledAlready = 'NOT contains(wrong, :attempt)'
const notBeforeLastSuccess = '(attribute_not_exists(lastRightAt) OR lastRightAt <= :now)'
const stillInFlight = 'contains(inFlight, :attempt)'

/**
 * Failures are counted over any time (R28), but not for ever: nobody stays in the table for more than this since the
 * last attempt. The lock itself never depends on it.
 */
const keptFor = 400 * day

/** The guards in DynamoDB. Expressions go in and items come out unmarshalled, as the item of a failed condition does anyway. */
export const dynamoSignInGuards = (client: DynamoDBDocumentClient, tableName: string): SignInGuards => {
  /** The guard after the update, or before it where its condition failed. */
  const update = async (guardId: string, input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) => {
    try {
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: { guard: { S: guardId } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        ...input,
      })
      const { Attributes } = await retryOnConflict(() => client.send(command))
      return { written: true, item: Attributes }
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { written: false, item: error.Item }
      throw error
    }
  }

  return {
    async reserve(guardId, attempt, now) {
      const { written, item } = await update(guardId, {
        UpdateExpression: `ADD inFlight :attempts SET lastAttemptAt = :now, ${ttlAttribute} = :expiry`,
        ConditionExpression: `((${nothingCounted}) OR ((${aSlotIsFree}) AND ${notLapsed} AND ${notSettledAlready})) AND ${notBeforeLastSuccess}`,
        ExpressionAttributeValues: {
          ':attempts': set([attempt]),
          ':attempt': { S: attempt },
          ':now': number(now),
          ':expiry': number(toEpochSeconds(later(now, keptFor))),
          ':lapsedSince': number(later(now, -guardLifetime)),
          ':one': number(1),
          ':two': number(2),
        },
        ReturnValues: 'ALL_NEW',
      })
      if (!item) throw new Error('a guard that does not exist refused an attempt')
      return { outcome: written ? 'reserved' : 'refused', guard: guardOf(item) }
    },

    async restart(guardId, attempt, now, seen) {
      const asSeen = [
        seen.inFlight.size > 0 ? 'inFlight = :inFlightSeen' : noneInFlight,
        seen.wrong.size > 0 ? 'wrong = :wrongSeen' : noneWrong,
      ].join(' AND ')
      const { written } = await update(guardId, {
        UpdateExpression: `SET inFlight = :attempts, lastAttemptAt = :now, ${ttlAttribute} = :expiry REMOVE wrong`,
        ConditionExpression: asSeen,
        ExpressionAttributeValues: {
          ':attempts': set([attempt]),
          ':now': number(now),
          ':expiry': number(toEpochSeconds(later(now, keptFor))),
          ...(seen.inFlight.size > 0 && { ':inFlightSeen': set([...seen.inFlight]) }),
          ...(seen.wrong.size > 0 && { ':wrongSeen': set([...seen.wrong]) }),
        },
      })
      return written
    },

    async settleWrong(guardId, attempt, now) {
      const { item } = await update(guardId, {
        UpdateExpression: 'DELETE inFlight :attempts ADD wrong :attempts, consecutive :one SET lastWrongAt = :now',
        ConditionExpression: stillInFlight,
        ExpressionAttributeValues: {
          ':attempts': set([attempt]),
          ':attempt': { S: attempt },
          ':one': number(1),
          ':now': number(now),
        },
        ReturnValues: 'ALL_NEW',
      })
      return item && guardOf(item)
    },

    async settleRight(guardId, attempt, now) {
      const { written, item } = await update(guardId, {
        UpdateExpression:
          'DELETE inFlight :attempts SET consecutive = :none, lastRight = :attempt, lastRightAt = :now REMOVE wrong',
        ConditionExpression: stillInFlight,
        ExpressionAttributeValues: {
          ':attempts': set([attempt]),
          ':attempt': { S: attempt },
          ':none': number(0),
          ':now': number(now),
        },
      })
      return written || item?.lastRight?.S === attempt
    },

    async release(guardId, attempt) {
      await update(guardId, {
        UpdateExpression: 'DELETE inFlight :attempts',
        ConditionExpression: stillInFlight,
        ExpressionAttributeValues: { ':attempts': set([attempt]), ':attempt': { S: attempt } },
      })
    },
  }
}

/**
 * Part of the transaction of a reset by email, which lifts the lock (R26). As a success does, it leaves attempts in
 * flight in their slots: what they evaluate counts after it.
 */
export const clearedGuard = (TableName: string, guard: string, now: EpochMilliseconds): TransactItems[number] => ({
  Update: {
    TableName,
    Key: { guard },
    UpdateExpression: `REMOVE wrong SET consecutive = :none, lastRightAt = :now, ${ttlAttribute} = :expiry`,
    ExpressionAttributeValues: { ':none': 0, ':now': now, ':expiry': toEpochSeconds(later(now, keptFor)) },
  },
})

const set = (texts: readonly string[]): AttributeValue => ({ SS: [...texts] })
const number = (value: number): AttributeValue => ({ N: String(value) })
const instantOf = (value: AttributeValue | undefined): EpochMilliseconds | undefined =>
  value?.N === undefined ? undefined : epochMilliseconds(Number(value.N))

/** An item of the table, as DynamoDB writes it. */
export const guardOf = ({ inFlight, wrong, lastAttemptAt, lastWrongAt, consecutive }: Item): Guard => {
  const wrongAt = instantOf(lastWrongAt)
  const failures = Number(consecutive?.N ?? 0)
  return {
    inFlight: new Set(inFlight?.SS),
    wrong: new Set(wrong?.SS),
    lastAttemptAt: instantOf(lastAttemptAt) ?? epochMilliseconds(0),
    ...(wrongAt !== undefined && { lastWrongAt: wrongAt }),
    ...(failures > 0 && { consecutive: failures }),
  }
}
