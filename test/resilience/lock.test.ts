import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import type { SignInGuards } from '../../shared/ports/sign-in-guards.ts'
import { inFlightIsLocked, readThenCount, successFreesAllSlots } from '../support/broken/sign-in-guards.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { enteredAccounts } from '../support/entered-accounts.ts'
import { countingHasher, logInEndpoint, quickHasher } from '../support/log-in-endpoint.ts'
import { sampleAccount } from '../support/samples.ts'

/**
 * The lock (R22–R25, G1) of the deployed login, on a real engine. The test counts calls of the hasher: a counter in a table
 * can be three while two hundred guesses were evaluated.
 */
const lockText = 'This account has been locked. Please try again in 30 minutes.'
const password = 'Correct4Horse9Battery'

// Thousands of calls, on a machine of unknown speed.
jest.setTimeout(180_000)

let tables: TestTables
const clock = manualClock()
const guards = () => dynamoSignInGuards(tables.client, tables.tableNames['sign-in-guards'])

beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
})
afterAll(() => tables?.stop())

const newId = () => randomUUID().slice(0, 8).toUpperCase()

const registered = async (passwordHash: string): Promise<string> => {
  const idNumber = newId()
  const accounts = enteredAccounts(tables, clock)
  await accounts.create(sampleAccount({ idNumber, passwordHash }), {
    eventId: randomUUID(),
    type: 'candidate-registered',
    detail: { version: 1, idNumber },
  })
  return idNumber
}
const registeredMany = (count: number, passwordHash: string): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => registered(passwordHash)))

const times = <Answer>(count: number, act: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))

const tally = (statuses: readonly number[]) =>
  Object.fromEntries([...new Set(statuses)].map((status) => [status, statuses.filter((one) => one === status).length]))

describe('200 concurrent wrong passwords for each of 20 IDs, with the real hash', () => {
  const guessAll = async (count: number, broken?: SignInGuards) => {
    const hasher = countingHasher(argon2idHasher)
    const attempt = logInEndpoint({ tables, hasher, clock, ...(broken && { guards: broken }) })
    const ids = await registeredMany(count, await argon2idHasher.hash(password))
    const answers = await Promise.all(ids.map((id) => times(200, (guess) => attempt(id, `${id}-${guess}`))))
    return {
      evaluated: ids.map((id) => hasher.evaluated.get(id)),
      statuses: answers.map((all) => all.map((a) => a.statusCode)),
    }
  }

  test('evaluates exactly three for each ID; the third responds with the lock', async () => {
    const { evaluated, statuses } = await guessAll(20)
    expect(evaluated).toEqual(Array(20).fill(3))
    for (const all of statuses) {
      const { 401: refused, 423: locked = 0, 429: busy = 0, ...others } = tally(all)
      expect({ refused, answered: locked + busy, others }).toEqual({ refused: 2, answered: 198, others: {} })
      expect(locked).toBeGreaterThan(0)
    }
  })

  test('evaluates more than three with a read-modify-write counter (negative control)', async () => {
    const { evaluated } = await guessAll(2, readThenCount(tables.client, tables.tableNames['sign-in-guards']))
    expect(Math.min(...evaluated.map(Number))).toBeGreaterThan(3)
  })
})

describe('a success while other guesses are being evaluated', () => {
  /** Two wrong guesses are in flight when the right password succeeds; three more follow. Returns how many were told wrong. */
  const learntAfterSuccess = async (chosen: SignInGuards): Promise<number> => {
    const held = Promise.withResolvers<void>()
    let learnt = 0
    const attempt = logInEndpoint({
      tables,
      clock,
      guards: chosen,
      hasher: {
        ...quickHasher,
        async verify(typed, phc) {
          if (typed.startsWith('held')) await held.promise
          const right = await quickHasher.verify(typed, phc)
          if (!right) learnt++
          return right
        },
      },
    })
    const id = await registered(await quickHasher.hash(password))
    const inFlight = [attempt(id, 'held-1'), attempt(id, 'held-2')]
    const success = await attempt(id, password)
    expect([success.statusCode, learnt]).toEqual([201, 0])
    const following = times(3, (guess) => attempt(id, `after-${guess}`))
    await new Promise((resolve) => setTimeout(resolve, 300))
    held.resolve()
    await Promise.all([...inFlight, following])
    return learnt
  }

  test('keeps their slots, so that at most three are wrong before the lock', async () => {
    expect(await learntAfterSuccess(guards())).toBe(3)
  })

  test('allows five guesses if it frees every slot (negative control)', async () => {
    const broken = successFreesAllSlots(guards(), tables.client, tables.tableNames['sign-in-guards'])
    expect(await learntAfterSuccess(broken)).toBe(5)
  })
})

describe('the right password many times concurrently', () => {
  const logInAll = async (count: number, chosen: SignInGuards) => {
    const attempt = logInEndpoint({ tables, hasher: quickHasher, clock, guards: chosen })
    const ids = await registeredMany(20, await quickHasher.hash(password))
    return (await Promise.all(ids.map((id) => times(count, () => attempt(id, password))))).flat()
  }

  test.each([5, 50])(
    'logs in, or is asked to try again, %s times for each of 20 IDs, without a lock',
    async (count) => {
      const answers = await logInAll(count, guards())
      const { 201: signedIn = 0, 429: busy = 0, ...others } = tally(answers.map(({ statusCode }) => statusCode))
      expect({ all: signedIn + busy, others }).toEqual({ all: 20 * count, others: {} })
      expect(signedIn).toBeGreaterThanOrEqual(20)
      for (const { statusCode, headers } of answers) if (statusCode === 429) expect(headers['retry-after']).toBe('1')
    },
  )

  test('is locked if attempts in flight count as failures (negative control)', async () => {
    const answers = await logInAll(50, inFlightIsLocked(guards()))
    expect(answers.some(({ json }) => json?.detail === lockText)).toBe(true)
  })
})

describe('the lock', () => {
  const lockedOut = async () => {
    const hasher = countingHasher(quickHasher)
    const attempt = logInEndpoint({ tables, hasher, clock })
    const id = await registered(await quickHasher.hash(password))
    const answers = []
    for (let guess = 0; guess < 3; guess++) answers.push(await attempt(id, `${id}-${guess}`))
    return { id, attempt, hasher, answers, since: clock.now() }
  }

  test('is the response to the third wrong password, with text, instant and seconds', async () => {
    const { answers, since } = await lockedOut()
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 423])
    expect(answers[2]?.headers['retry-after']).toBe('1800')
    expect(answers[2]?.json).toMatchObject({
      code: 'account-locked',
      detail: lockText,
      lockedUntil: new Date(since + 1_800_000).toISOString(),
    })
  })

  test('refuses the right password at 29:59 without evaluating it, is not extended, and has ended at 30:00', async () => {
    const { id, attempt, hasher, since } = await lockedOut()
    for (const milliseconds of [1, 60_000, 1_799_000, 1_799_999]) {
      clock.moveTo((since + milliseconds) as typeof since)
      const answer = await attempt(id, password)
      expect(answer).toMatchObject({
        statusCode: 423,
        json: { lockedUntil: new Date(since + 1_800_000).toISOString() },
      })
      expect(answer.headers['retry-after']).toBe(String(Math.ceil((1_800_000 - milliseconds) / 1000)))
    }
    expect([...hasher.evaluated]).toEqual([[id, 3]])
    clock.moveTo((since + 1_800_000) as typeof since)
    expect(await attempt(id, password)).toMatchObject({ statusCode: 201 })
  })

  test('allows three wrong passwords again after its end', async () => {
    const { id, attempt, since } = await lockedOut()
    clock.moveTo((since + 1_800_000) as typeof since)
    const statuses = []
    for (let guess = 0; guess < 3; guess++) statuses.push((await attempt(id, `again-${guess}`)).statusCode)
    expect(statuses).toEqual([401, 401, 423])
  })

  test('does not occur after a success or a day in between', async () => {
    const attempt = logInEndpoint({ tables, hasher: quickHasher, clock })
    const id = await registered(await quickHasher.hash(password))
    const statuses = []
    for (const typed of ['w1', 'w2', password, 'w3', 'w4', password, 'w5', 'w6']) {
      statuses.push((await attempt(id, typed)).statusCode)
    }
    expect(statuses).toEqual([401, 401, 201, 401, 401, 201, 401, 401])
    clock.advance(24 * 3_600_000)
    expect((await attempt(id, 'w7')).statusCode).toBe(401)
    clock.advance(24 * 3_600_000 - 1)
    expect((await attempt(id, 'w8')).statusCode).toBe(401)
    expect((await attempt(id, 'w9')).statusCode).toBe(423)
  })

  test('counts a guess whose function crashed, after half a minute', async () => {
    const dying = logInEndpoint({
      tables,
      clock,
      hasher: { ...quickHasher, verify: () => Promise.reject(new Error('the function died')) },
    })
    const attempt = logInEndpoint({ tables, hasher: quickHasher, clock })
    const id = await registered(await quickHasher.hash(password))
    for (let guess = 0; guess < 3; guess++) expect((await dying(id, 'guess')).statusCode).toBe(500)
    clock.advance(30_000)
    expect(await attempt(id, password)).toMatchObject({ statusCode: 423, json: { detail: lockText } })
  })
})
