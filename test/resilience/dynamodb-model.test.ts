import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import { attemptId, type Guard } from '../../shared/domain/sign-in-guard.ts'
import { day, epochMilliseconds, later, minute } from '../../shared/domain/time.ts'
import type { Reservation, SignInGuards } from '../../shared/ports/sign-in-guards.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { compileCondition } from '../support/dynamodb-model/conditions.ts'
import { modelTable } from '../support/dynamodb-model/table.ts'
import { compileUpdate } from '../support/dynamodb-model/updates.ts'
import { firstSeed } from '../support/simulation/seed.ts'
import { type Random, seededRandom } from '../support/simulation/seeded-random.ts'

/** The proofs of the lock run its own expressions on a model of DynamoDB. So the model has to be right. */
describe('the model of DynamoDB', () => {
  let tables: TestTables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables?.stop())

  const start = epochMilliseconds(Date.parse('2026-11-23T09:00:00Z'))
  const untried: Guard = { inFlight: new Set(), wrong: new Set(), lastAttemptAt: start }

  type Write = (guards: SignInGuards) => Promise<boolean | undefined | void | Guard | Reservation>

  /** Any write by any of a few attempts, most of them out of turn. */
  const anyWrite = (random: Random, guardId: string, lastSeen: Guard): Write => {
    const attempt = attemptId(start, `${random.below(5)}`)
    const now = later(start, random.below(3) * day + random.below(60) * minute)
    const writes: readonly Write[] = [
      (guards) => guards.reserve(guardId, attempt, now),
      (guards) => guards.settleWrong(guardId, attempt, now),
      (guards) => guards.settleRight(guardId, attempt, now),
      (guards) => guards.release(guardId, attempt),
      (guards) => guards.restart(guardId, attempt, now, lastSeen),
    ]
    // Reservations more often than the rest, else there is little to settle.
    return writes[Math.max(0, random.below(8) - 3)] as Write
  }

  test('answers and stores what the engine does, for 40 writes of each of 10 guards in any order', async () => {
    const TableName = tables.tableNames['sign-in-guards']
    const table = modelTable('guard')
    const client = { send: async (command: unknown) => table.execute(command) } as unknown as DynamoDBDocumentClient
    const [engine, model] = [dynamoSignInGuards(tables.client, TableName), dynamoSignInGuards(client, TableName)]
    const writeToBoth = async (seed: number) => {
      const guardId = `guard of ${seed}`
      const random = seededRandom(seed)
      let lastSeen = untried
      for (let write = 1; write <= 40; write++) {
        const one = anyWrite(random, guardId, lastSeen)
        const answer = await one(engine)
        const label = `SEED=${firstSeed} replays this: write ${write} to the ${guardId}`
        expect({ label, answer: await one(model) }).toEqual({ label, answer })
        if (typeof answer === 'object' && 'outcome' in answer) lastSeen = answer.guard
      }
      const { Item } = await tables.client.send(new GetItemCommand({ TableName, Key: { guard: { S: guardId } } }))
      expect(sorted(table.items.get(guardId))).toEqual(sorted(Item))
    }
    await Promise.all(Array.from({ length: 10 }, (_, index) => writeToBoth(firstSeed + index)))
  })

  test.each(['wrong = :one OR', 'begins_with(wrong, :one)', 'size(wrong) + :one = :two', 'wrong <> :one', '#w = :one'])(
    'refuses a condition that it cannot read: %s',
    (text) => {
      expect(() => compileCondition(text)).toThrow('the model of DynamoDB')
    },
  )

  test.each(['SET a = a + :one', 'SET a = :one SET b = :one', 'SET a = :one REMOVE a', 'ADD a.b :one'])(
    'refuses an update that it cannot read: %s',
    (text) => {
      expect(() => compileUpdate(text)).toThrow()
    },
  )
})

/** Sets have no order. */
const sorted = (item: Record<string, { SS?: string[] | undefined }> | undefined): unknown =>
  item &&
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, value.SS ? { SS: value.SS.toSorted() } : value]),
  )
