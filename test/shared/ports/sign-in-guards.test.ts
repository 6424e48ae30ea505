import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoFailedAttempts } from '../../../shared/adapters/dynamo/failed-attempts.ts'
import { dynamoSignInGuards } from '../../../shared/adapters/dynamo/sign-in-guards.ts'
import { attemptId } from '../../../shared/domain/sign-in-guard.ts'
import { day, epochMilliseconds, hour, later, minute, second } from '../../../shared/domain/time.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { inMemorySignInGuards } from '../../support/in-memory/sign-in-guards.ts'

const start = epochMilliseconds(Date.parse('2026-11-23T09:00:00Z'))

/** What any `SignInGuards` promises. */
const contract = (guards: () => SignInGuards) => {
  const attempt = () => attemptId(start, randomUUID())
  const takeSlots = async (guardId: string, count: number) => {
    const attempts = Array.from({ length: count }, attempt)
    for (const one of attempts)
      expect(await guards().reserve(guardId, one, start)).toMatchObject({ outcome: 'reserved' })
    return attempts as [string, ...string[]]
  }
  const fresh = () => `guard-${randomUUID()}`

  test('has three slots, and returns their holders if all are taken', async () => {
    const guardId = fresh()
    const attempts = await takeSlots(guardId, 3)
    const refused = await guards().reserve(guardId, attempt(), start)
    expect(refused).toMatchObject({ outcome: 'refused', guard: { inFlight: new Set(attempts), wrong: new Set() } })
  })

  test('returns the other holders with a slot', async () => {
    const guardId = fresh()
    const [wrong, other] = (await takeSlots(guardId, 2)) as [string, string]
    await guards().settleWrong(guardId, wrong, start)
    const own = attempt()
    const guard = { inFlight: new Set([other, own]), wrong: new Set([wrong]), consecutive: 1 }
    expect(await guards().reserve(guardId, own, start)).toEqual({
      outcome: 'reserved',
      guard: { ...guard, lastAttemptAt: start, lastWrongAt: start },
    })
  })

  test('gives slots to three of two hundred concurrent attempts', async () => {
    const guardId = fresh()
    const all = await Promise.all(Array.from({ length: 200 }, () => guards().reserve(guardId, attempt(), start)))
    expect(all.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(3)
  })

  test.each([0, 1, 2, 3])(
    'has one slot less for each wrong attempt, even with %s of three in flight',
    async (inFlight) => {
      const guardId = fresh()
      const attempts = await takeSlots(guardId, 3)
      for (const one of attempts.slice(inFlight)) await guards().settleWrong(guardId, one, start)
      expect(await guards().reserve(guardId, attempt(), start)).toMatchObject({
        outcome: 'refused',
        guard: { inFlight: new Set(attempts.slice(0, inFlight)), wrong: new Set(attempts.slice(inFlight)) },
      })
    },
  )

  test.each([
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
    [2, 0],
  ])('has a slot left beside %s wrong and %s in flight', async (wrong, inFlight) => {
    const guardId = fresh()
    const attempts = await takeSlots(guardId, wrong + inFlight)
    for (const one of attempts.slice(0, wrong)) await guards().settleWrong(guardId, one, start)
    await takeSlots(guardId, 1)
  })

  test('treats a retried reservation as the same one', async () => {
    const guardId = fresh()
    const [one] = await takeSlots(guardId, 1)
    expect(await guards().reserve(guardId, one, start)).toMatchObject({ outcome: 'reserved' })
    await takeSlots(guardId, 2)
  })

  test('never gives a second slot to an attempt that was settled as wrong', async () => {
    const guardId = fresh()
    const [one] = await takeSlots(guardId, 1)
    await guards().settleWrong(guardId, one, start)
    expect(await guards().reserve(guardId, one, start)).toMatchObject({ outcome: 'refused' })
  })

  test('settles a wrong attempt once, however often it is retried', async () => {
    const guardId = fresh()
    const [one] = await takeSlots(guardId, 1)
    await guards().settleWrong(guardId, one, start)
    const again = await guards().settleWrong(guardId, one, later(start, minute))
    const counted = { inFlight: new Set(), wrong: new Set([one]), consecutive: 1 }
    expect(again).toEqual({ ...counted, lastAttemptAt: start, lastWrongAt: start })
  })

  test('resets wrong attempts after a right one, but keeps the slots of attempts in flight', async () => {
    const guardId = fresh()
    const [wrong, right, other] = (await takeSlots(guardId, 3)) as [string, string, string]
    await guards().settleWrong(guardId, wrong, start)
    expect(await guards().settleRight(guardId, right, start)).toBe(true)
    await takeSlots(guardId, 2)
    const refused = await guards().reserve(guardId, attempt(), start)
    expect(refused).toMatchObject({ outcome: 'refused', guard: { wrong: new Set() } })
    expect(refused.outcome === 'refused' && refused.guard.inFlight.has(other)).toBe(true)
  })

  test('accepts a right attempt twice, but not one that was settled as wrong', async () => {
    const guardId = fresh()
    const [one, two] = (await takeSlots(guardId, 2)) as [string, string]
    expect(await guards().settleRight(guardId, one, start)).toBe(true)
    expect(await guards().settleRight(guardId, one, start)).toBe(true)
    await guards().settleWrong(guardId, two, start)
    expect(await guards().settleRight(guardId, two, start)).toBe(false)
  })

  test('refuses a reservation from before the last success, so that a late one reserves no slot', async () => {
    const guardId = fresh()
    const [one] = await takeSlots(guardId, 1)
    const success = later(start, second)
    await guards().settleRight(guardId, one, success)
    expect(await guards().reserve(guardId, one, start)).toMatchObject({
      outcome: 'refused',
      guard: { inFlight: new Set(), wrong: new Set() },
    })
    expect(await guards().reserve(guardId, attempt(), success)).toMatchObject({ outcome: 'reserved' })
  })

  test('releases a slot in which nothing was evaluated', async () => {
    const guardId = fresh()
    const [one] = await takeSlots(guardId, 3)
    await guards().release(guardId, one)
    await guards().release(guardId, one)
    await takeSlots(guardId, 1)
  })

  test('counts failures of less than 24 hours ago, and after 24 hours requests a restart', async () => {
    const guardId = fresh()
    const [one, two] = (await takeSlots(guardId, 2)) as [string, string]
    await guards().settleWrong(guardId, one, start)
    await guards().settleWrong(guardId, two, start)
    const lapsed = await guards().reserve(guardId, attempt(), later(start, 24 * hour))
    expect(lapsed).toMatchObject({ outcome: 'refused', guard: { wrong: new Set([one, two]) } })
    expect(await guards().reserve(guardId, attempt(), later(start, 24 * hour - 1))).toMatchObject({
      outcome: 'reserved',
    })
  })

  test('needs no restart without failures, however long ago', async () => {
    const guardId = fresh()
    const [one] = await takeSlots(guardId, 1)
    await guards().settleRight(guardId, one, start)
    expect(await guards().reserve(guardId, attempt(), later(start, 90 * day))).toMatchObject({ outcome: 'reserved' })
  })

  test('restarts for one of two hundred that saw the same ended lock', async () => {
    const guardId = fresh()
    for (const one of await takeSlots(guardId, 3)) await guards().settleWrong(guardId, one, start)
    const ended = later(start, 30 * minute)
    const refused = await guards().reserve(guardId, attempt(), ended)
    if (refused.outcome !== 'refused') throw new Error('there was no slot to be had')
    const restarts = Array.from({ length: 200 }, () => guards().restart(guardId, attempt(), ended, refused.guard))
    expect((await Promise.all(restarts)).filter(Boolean)).toHaveLength(1)
    await takeSlots(guardId, 2)
    expect(await guards().reserve(guardId, attempt(), ended)).toMatchObject({ outcome: 'refused' })
  })

  test('has no guard for an ID without attempts', async () => {
    expect(await guards().settleWrong(fresh(), attempt(), start)).toBeUndefined()
    expect(await guards().settleRight(fresh(), attempt(), start)).toBe(false)
  })
}

describe('guards in memory', () => {
  const guards = inMemorySignInGuards()
  contract(() => guards)
})

describe('guards in DynamoDB', () => {
  let tables: TestTables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables?.stop())
  const guards = () => dynamoSignInGuards(tables.client, tables.tableNames['sign-in-guards'])
  contract(guards)

  describe('with events of failures', () => {
    const nothingSeen = { seen: undefined, eventsOf: () => [] }
    contract(() => ({
      ...guards(),
      settleWrong: (...failure) =>
        dynamoFailedAttempts(tables.client, tables.tableNames).settleWrong(...failure, nothingSeen),
    }))
  })
})
