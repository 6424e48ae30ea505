import { randomUUID } from 'node:crypto'
import { PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { dynamoAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import { idNumberPattern, normaliseNumber } from '../../shared/domain/identifiers.ts'
import { attemptId, lockDuration } from '../../shared/domain/sign-in-guard.ts'
import { minute, toIso } from '../../shared/domain/time.ts'
import type { Accounts } from '../../shared/ports/accounts.ts'
import type { SignInGuards } from '../../shared/ports/sign-in-guards.ts'
import { standInFor } from '../../shared/protocols/guard-ids.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { logInEndpoint, quickHasher } from '../support/log-in-endpoint.ts'
import { sampleAccount } from '../support/samples.ts'

/** A lock has one event (R22, R28), under any concurrency, written together with the lock; on a real engine. */
jest.setTimeout(120_000)

let tables: TestTables
const clock = manualClock()
beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
})
afterAll(() => tables?.stop())

const endpoint = (guards?: SignInGuards) =>
  logInEndpoint({ tables, hasher: quickHasher, clock, ...(guards && { guards }) })

const someone = async () => {
  const account = sampleAccount({ idNumber: randomUUID().slice(0, 8).toUpperCase() })
  await tables.client.send(new PutCommand({ TableName: tables.tableNames.accounts, Item: account }))
  return account.idNumber
}

const told = async (idNumber: string) => {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames.outbox }))
  return Items.map(({ type, detail }) => ({ type: String(type), ...JSON.parse(String(detail)) })).filter(
    (event) => event.idNumber === idNumber,
  )
}

const everythingTold = async () =>
  JSON.stringify((await tables.client.send(new ScanCommand({ TableName: tables.tableNames.outbox }))).Items)

const guardIdOf = hmacKeyedHash(async () => 'a key of the tests')
const nobodysName = async (typed: string) => standInFor(typed, await guardIdOf(`password:${normaliseNumber(typed)}`))

const failedBefore = async (idNumber: string, times: number) =>
  tables.client.send(
    new UpdateCommand({
      TableName: tables.tableNames['sign-in-guards'],
      Key: { guard: await guardIdOf(`password:${idNumber}`) },
      UpdateExpression: 'SET consecutive = :times',
      ExpressionAttributeValues: { ':times': times },
    }),
  )

describe('the third wrong password', () => {
  test('has an event with the end of the lock, whether or not the account exists (R27)', async () => {
    const attempt = endpoint()
    for (const typed of [await someone(), 'NOBODY99']) {
      const idNumber = typed === 'NOBODY99' ? await nobodysName(typed) : typed
      for (const guess of ['one', 'two']) await attempt(typed, guess)
      expect(await told(idNumber)).toEqual([])
      await attempt(typed, 'three')
      const lock = { type: 'account-locked', version: 1, idNumber }
      expect(await told(idNumber)).toEqual([{ ...lock, lockedUntil: toIso((clock.now() + lockDuration) as never) }])
      await attempt(typed, 'four')
      expect(await told(idNumber)).toHaveLength(1)
    }
  })

  test('of an unknown ID has an event without the input, under an impossible ID of the same length', async () => {
    const attempt = endpoint()
    for (const typed of ['Summer2026', ' secret 77 ', 'A1', 'ana@example.org', 'half \ud800', 'x'.repeat(1_024)]) {
      for (const guess of ['one', 'two', 'three']) await attempt(typed, guess)
      const name = await nobodysName(typed)
      expect(await told(name)).toMatchObject([{ type: 'account-locked' }])
      expect(name).not.toMatch(idNumberPattern)
      const normalised = normaliseNumber(typed)
      if (idNumberPattern.test(normalised)) expect(name).toHaveLength(normalised.length)
      expect((await everythingTold()).toUpperCase()).not.toContain(`"${normalised}`)
    }
  })

  test('has an event with the owner’s ID even if the account could not be read at first, so that the mail can be sent', async () => {
    const idNumber = await someone()
    const attempt = endpoint()
    for (const guess of ['one', 'two']) await attempt(idNumber, guess)
    const guards = dynamoSignInGuards(tables.client, tables.tableNames['sign-in-guards'])
    const abandoned = attemptId(clock.now(), 'abandoned')
    await guards.reserve(await guardIdOf(`password:${idNumber}`), abandoned, clock.now())
    clock.advance(minute)
    let reads = 0
    const accounts = dynamoAccounts(tables.client, tables.tableNames.accounts)
    const failingOnce: Accounts = {
      find: (id) => (++reads === 1 ? Promise.reject(new Error('throttled')) : accounts.find(id)),
    }
    const { statusCode } = await logInEndpoint({ tables, hasher: quickHasher, clock, accounts: failingOnce })(
      idNumber,
      'x',
    )
    expect([statusCode, reads]).toEqual([423, 2])
    expect(await told(idNumber)).toMatchObject([{ type: 'account-locked' }])
  })

  test('of fifty concurrent ones has one event, for each of five IDs', async () => {
    const attempt = endpoint()
    for (let round = 0; round < 5; round++) {
      const idNumber = await someone()
      const guesses = Array.from({ length: 50 }, (_, guess) => attempt(idNumber, `wrong${guess}`))
      const answers = await Promise.all(guesses)
      expect(answers.filter(({ statusCode }) => statusCode === 423).length).toBeGreaterThan(0)
      expect((await told(idNumber)).map(({ type }) => type)).toEqual(['account-locked'])
    }
  })

  test('has several events if every attempt that sees the lock writes one (negative control)', async () => {
    const guards = dynamoSignInGuards(tables.client, tables.tableNames['sign-in-guards'])
    let events = 0
    const all = Promise.withResolvers<void>()
    let settled = 0
    const attempt = endpoint({
      ...guards,
      async settleWrong(guardId, id, now) {
        await guards.settleWrong(guardId, id, now)
        if (++settled === 3) all.resolve()
        await all.promise
        const { guard } = await guards.reserve(guardId, `${now}-look`, now)
        if (guard.wrong.size === 3) events++
        return guard
      },
    })
    const idNumber = await someone()
    await Promise.all(['a', 'b', 'c'].map((guess) => attempt(idNumber, guess)))
    expect(events).toBeGreaterThan(1)
  })

  test('of the next lock has another event', async () => {
    const attempt = endpoint()
    const idNumber = await someone()
    for (let lock = 1; lock <= 3; lock++) {
      for (const guess of ['one', 'two', 'three']) await attempt(idNumber, guess)
      expect(await told(idNumber)).toHaveLength(lock)
      clock.advance(lockDuration)
    }
  })
})

describe('consecutive failures', () => {
  test('have one event at the 99th, in addition to its lock, which lasts 30 minutes (R28)', async () => {
    const attempt = endpoint()
    const idNumber = await someone()
    await failedBefore(idNumber, 96)
    const types = async () => (await told(idNumber)).map(({ type }): string => type).toSorted()
    for (const guess of ['97', '98']) await attempt(idNumber, guess)
    expect(await types()).toEqual([])
    expect(await attempt(idNumber, '99')).toMatchObject({ statusCode: 423 })
    expect(await types()).toEqual(['account-locked', 'many-failures'])
    clock.advance(lockDuration)
    for (const guess of ['100', '101', '102']) await attempt(idNumber, guess)
    expect(await types()).toEqual(['account-locked', 'account-locked', 'many-failures'])
  })

  test('have an event at the 99th even if it does not lock', async () => {
    const attempt = endpoint()
    const idNumber = await someone()
    await failedBefore(idNumber, 98)
    await attempt(idNumber, '99')
    expect((await told(idNumber)).map(({ type }) => type)).toEqual(['many-failures'])
  })

  test('are reset by a success', async () => {
    const attempt = endpoint()
    const idNumber = await someone()
    await failedBefore(idNumber, 97)
    await attempt(idNumber, '98')
    expect(await attempt(idNumber, 'Correct4Horse9Battery')).toMatchObject({ statusCode: 201 })
    await attempt(idNumber, '1')
    expect(await told(idNumber)).toEqual([])
  })
})
