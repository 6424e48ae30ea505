import { type AttributeValue, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type Guard, hasFreeSlot } from '../../../shared/domain/sign-in-guard.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'

type Guards = (client: DynamoDBDocumentClient, tableName: string) => SignInGuards

/**
 * Reads the failure count, adds one and saves it, as published services do: parallel guesses all read zero, and the
 * count ends at one, however many were evaluated.
 */
export const readAddSave: Guards = (client, tableName) => {
  const read = reader(client, tableName)
  const save = async (guardId: string, wrong: readonly string[], now: number) => {
    const Item = {
      guard: { S: guardId },
      lastAttemptAt: { N: String(now) },
      lastWrongAt: { N: String(now) },
      ...(wrong.length > 0 && { wrong: { SS: [...wrong] } }),
    }
    await client.send(new PutItemCommand({ TableName: tableName, Item }))
  }
  return {
    ...unreserved(read),
    restart: async (guardId, _attempt, now) => {
      await save(guardId, [], now)
      return true
    },
    async settleWrong(guardId, attempt, now) {
      const { wrong } = await read(guardId)
      await save(guardId, [...wrong, attempt], now)
      return read(guardId)
    },
    async settleRight(guardId) {
      const { lastAttemptAt } = await read(guardId)
      await save(guardId, [], lastAttemptAt)
      return true
    },
  }
}

/**
 * Checks the count first and increments it afterwards. The increment is atomic, so the count is exact and shows how many
 * were evaluated in excess.
 */
export const checkThenAdd: Guards = (client, tableName) => {
  const read = reader(client, tableName)
  const update = (guardId: string, UpdateExpression: string, values?: Record<string, AttributeValue>) =>
    client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { guard: { S: guardId } },
        UpdateExpression,
        ...(values && { ExpressionAttributeValues: values }),
      }),
    )
  return {
    ...unreserved(read),
    async restart(guardId) {
      await update(guardId, 'REMOVE wrong')
      return true
    },
    async settleWrong(guardId, attempt, now) {
      await update(guardId, 'ADD wrong :attempts SET lastWrongAt = :now, lastAttemptAt = :now', {
        ':attempts': { SS: [attempt] },
        ':now': { N: String(now) },
      })
      return read(guardId)
    },
    async settleRight(guardId) {
      await update(guardId, 'REMOVE wrong')
      return true
    },
  }
}

const reader =
  (client: DynamoDBDocumentClient, tableName: string) =>
  async (guardId: string): Promise<Guard> => {
    const Key = { guard: { S: guardId } }
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))
    const { wrong, lastAttemptAt, lastWrongAt } = Item ?? {}
    return {
      inFlight: new Set(),
      wrong: new Set(wrong?.SS),
      lastAttemptAt: epochMilliseconds(Number(lastAttemptAt?.N ?? 0)),
      ...(lastWrongAt && { lastWrongAt: epochMilliseconds(Number(lastWrongAt.N)) }),
    }
  }

/** Looks, and takes nothing. */
const unreserved = (read: (guardId: string) => Promise<Guard>): Pick<SignInGuards, 'reserve' | 'release'> => ({
  async reserve(guardId, _attempt, now) {
    const guard = await read(guardId)
    return { outcome: hasFreeSlot(guard, now) ? 'reserved' : 'refused', guard }
  },
  async release() {},
})
