import { ScanCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoFailedAttempts } from '../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import type { DomainEvent } from '../../shared/contracts/events.ts'
import { attemptId, type Guard } from '../../shared/domain/sign-in-guard.ts'
import { day, epochMilliseconds, later, minute, toIso } from '../../shared/domain/time.ts'
import type { FailedAttempts, Reservation, SignInGuards } from '../../shared/ports/sign-in-guards.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { compileCondition, type Item } from '../support/dynamodb-model/conditions.ts'
import { modelDatabase } from '../support/dynamodb-model/database.ts'
import { compileUpdate } from '../support/dynamodb-model/updates.ts'
import { lockTables } from '../support/lock/lock.ts'
import { firstSeed } from '../support/simulation/seed.ts'
import { type Random, seededRandom } from '../support/simulation/seeded-random.ts'

/** The lock tests evaluate its own expressions on a DynamoDB model, so the model must be correct. */
describe('the DynamoDB model', () => {
  let tables: TestTables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables?.stop())

  const start = epochMilliseconds(Date.parse('2026-11-23T09:00:00Z'))
  const untried: Guard = { inFlight: new Set(), wrong: new Set(), lastAttemptAt: start }

  type Guards = SignInGuards & { readonly failures: FailedAttempts }
  type Write = (guards: Guards) => Promise<boolean | undefined | void | Guard | Reservation>

  /** Guards over either, told failures beside them. */
  const guardsIn = (client: DynamoDBDocumentClient, names: { 'sign-in-guards': string; outbox: string }): Guards => ({
    ...dynamoSignInGuards(client, names['sign-in-guards']),
    failures: dynamoFailedAttempts(client, names),
  })

  /** Any write by any of a few attempts, most of them out of turn. */
  const anyWrite = (random: Random, guardId: string, seen: Guard): Write => {
    const attempt = attemptId(start, `${random.below(5)}`)
    const now = later(start, random.below(3) * day + random.below(60) * minute)
    const detail = { version: 1, idNumber: guardId, lockedUntil: toIso(now) } as const
    const event: DomainEvent = { eventId: `${guardId} ${random.next()}`, type: 'account-locked', detail }
    const eventsOf = (made: Guard) => (made.wrong.size === 3 ? [event] : [])
    const reserve: Write = (guards) => guards.reserve(guardId, attempt, now)
    const writes: readonly Write[] = [
      // More often than the rest, else there is little to settle.
      ...[reserve, reserve, reserve],
      (guards) => guards.settleWrong(guardId, attempt, now),
      (guards) => guards.failures.settleWrong(guardId, attempt, now, { seen, eventsOf }),
      (guards) => guards.settleRight(guardId, attempt, now),
      (guards) => guards.release(guardId, attempt),
      (guards) => guards.restart(guardId, attempt, now, seen),
    ]
    return writes[random.below(writes.length)] as Write
  }

  test('returns and stores the same as DynamoDB Local, for 40 writes on each of 10 guards in random order', async () => {
    const database = modelDatabase(lockTables)
    const client = { send: async (command: unknown) => database.execute(command) } as unknown as DynamoDBDocumentClient
    const engine = guardsIn(tables.client, tables.tableNames)
    const model = guardsIn(client, { 'sign-in-guards': 'sign-in-guards', outbox: 'outbox' })
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
    }
    await Promise.all(Array.from({ length: 10 }, (_, index) => writeToBoth(firstSeed + index)))
    for (const name of ['sign-in-guards', 'outbox'] as const) {
      const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames[name] }))
      expect(sorted(database.table(name).items.values())).toEqual(sorted(Items))
    }
  }, 180_000)

  test.each(['wrong = :one OR', 'begins_with(wrong, :one)', 'size(wrong) + :one = :two', 'wrong <> :one', '#w = :one'])(
    'refuses a condition that it cannot read: %s',
    (text) => {
      expect(() => compileCondition(text)).toThrow('the DynamoDB model')
    },
  )

  test.each(['SET a = a + :one', 'SET a = :one SET b = :one', 'SET a = :one REMOVE a', 'ADD a.b :one'])(
    'refuses an update that it cannot read: %s',
    (text) => {
      expect(() => compileUpdate(text)).toThrow()
    },
  )
})

/** Neither tables nor sets have an order. */
const sorted = (items: Iterable<Item>): string[] =>
  [...items]
    .map((item) =>
      Object.entries(item)
        .map(([name, value]) => `${name}: ${JSON.stringify(value.SS?.toSorted() ?? value)}`)
        .toSorted()
        .join(),
    )
    .toSorted()
