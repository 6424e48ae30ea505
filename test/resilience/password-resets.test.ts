import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { dynamoResetRequests } from '../../shared/adapters/dynamo/password-resets.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import { hmacKeyedHash } from '../../shared/adapters/node/keyed-hash.ts'
import { normaliseNumber } from '../../shared/domain/identifiers.ts'
import { attemptId } from '../../shared/domain/sign-in-guard.ts'
import { hour, minute, toIso } from '../../shared/domain/time.ts'
import { standInFor } from '../../shared/protocols/guard-ids.ts'
import { accountEndpoints } from '../support/account-endpoints.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { logInEndpoint, quickHasher } from '../support/log-in-endpoint.ts'
import { withLostResponses } from '../support/lost-responses.ts'

/** Reset links are single use (R31, G2), requested without revealing accounts (R27, R30), and lift the lock (R26). */
jest.setTimeout(120_000)

let tables: TestTables
let doors: ReturnType<typeof accountEndpoints>
const clock = manualClock()
beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
  doors = accountEndpoints(tables, clock)
})
afterAll(() => tables?.stop())

const withLink = async () => {
  const idNumber = await doors.someone()
  return { idNumber, token: (await doors.linkFor(idNumber)) ?? '' }
}

describe('requesting a link (R30)', () => {
  test('has the same response and event, whether or not the ID exists (R27)', async () => {
    const askerOf = hmacKeyedHash(async () => 'a key of the tests')
    const nobodysName = async (typed: string) =>
      standInFor(typed, await askerOf(`password-reset:${normaliseNumber(typed)}`))
    const idNumber = await doors.someone()
    const names = {
      [idNumber]: idNumber,
      NOBODY12: await nobodysName('NOBODY12'),
      "' OR 1=1 --": await nobodysName("' OR 1=1 --"),
    }
    for (const [typed, name] of Object.entries(names)) {
      expect(await doors.forget(` ${typed.toLowerCase()} `)).toMatchObject({ statusCode: 202, body: '{}' })
      expect(await doors.told(name)).toEqual(['password-reset-requested'])
    }
    expect(names.NOBODY12).toHaveLength(8)
    expect(await doors.told('NOBODY12')).toEqual([])
  })

  test('sends at most three mails an hour, even concurrently, always with the same response', async () => {
    const idNumber = await doors.someone()
    const answers = await Promise.all(Array.from({ length: 30 }, () => doors.forget(idNumber)))
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`))).toEqual(new Set(['202 {}']))
    expect(await doors.told(idNumber)).toHaveLength(3)
    clock.advance(hour - 1)
    await doors.forget(idNumber)
    expect(await doors.told(idNumber)).toHaveLength(3)
    clock.advance(1)
    await doors.forget(idNumber)
    expect(await doors.told(idNumber)).toHaveLength(4)
  })

  test('is counted once even if every response is lost and the SDK retries, also concurrently', async () => {
    const { client, tableNames } = withLostResponses(tables)
    const { count } = dynamoResetRequests(client, tableNames, clock)
    const asker = `asker-${clock.now()}`
    const [one, two] = [await count(asker), await count(asker)]
    expect([one, two, await count(asker), await count(asker)]).toEqual(['counted', 'counted', 'counted', 'too-many'])
    const atOnce = await Promise.all(Array.from({ length: 30 }, () => count(`${asker}-at-once`)))
    expect(atOnce.filter((counted) => counted === 'counted')).toHaveLength(3)
    client.destroy()
  })

  test('locks nobody out, and does not change the password', async () => {
    const idNumber = await doors.someone()
    for (let times = 0; times < 5; times++) await doors.forget(idNumber)
    const attempt = logInEndpoint({ tables, hasher: quickHasher, clock })
    expect(await attempt(idNumber, 'Correct4Horse9Battery')).toMatchObject({ statusCode: 201 })
  })

  test('accepts any text as ID, up to 1,024 characters', async () => {
    expect(await doors.forget('x'.repeat(1_025))).toMatchObject({
      statusCode: 400,
      json: { fields: [{ path: 'idNumber', code: 'too-long' }] },
    })
  })
})

describe('a password reset link (R31)', () => {
  test('sets the password, ends every session, drops a pending address, and has an event', async () => {
    const { idNumber, token } = await withLink()
    await doors.changeEmail(idNumber, 'thief@example.org')
    expect(await doors.reset(token)).toMatchObject({ statusCode: 204 })
    const account = await doors.account(idNumber)
    expect(account).toMatchObject({ passwordHash: `hash of ${doors.newPassword}` })
    expect(account.sessionEpoch).not.toBe('epoch-1')
    expect(account).not.toHaveProperty('resetToken')
    expect(account).not.toHaveProperty('pendingEmail')
    expect(await doors.told(idNumber)).toContain('password-changed')
  })

  test('is invalid once used, replaced, an hour old, or forged, with the same response', async () => {
    const used = await withLink()
    await doors.reset(used.token)
    const replaced = await withLink()
    const newest = (await doors.linkFor(replaced.idNumber)) ?? ''
    const old = await withLink()
    clock.advance(60 * minute)
    for (const token of [used.token, replaced.token, old.token, 'A'.repeat(43), '', 'ñ', 'x'.repeat(5_000)]) {
      expect(await doors.reset(token)).toMatchObject({ statusCode: 410, json: { code: 'link-expired' } })
    }
    expect(await doors.reset(newest)).toMatchObject({ statusCode: 410 })
    const fresh = await withLink()
    clock.advance(60 * minute - 1)
    expect(await doors.reset(fresh.token)).toMatchObject({ statusCode: 204 })
  })

  test.each([
    [{ passwordConfirmation: 'another' }, 'passwordConfirmation', 'passwords-differ'],
    [{ password: 'short1', passwordConfirmation: 'short1' }, 'password', 'password-too-short'],
    [{ password: 'password1', passwordConfirmation: 'password1' }, 'password', 'password-too-common'],
    [{ password: 'with space1', passwordConfirmation: 'with space1' }, 'password', 'password-characters'],
  ])('stays good after the refusal of %j (R05, R06)', async (form, path, code) => {
    const { token } = await withLink()
    expect(await doors.reset(token, form)).toMatchObject({ statusCode: 400, json: { fields: [{ path, code }] } })
    expect(await doors.reset(token)).toMatchObject({ statusCode: 204 })
  })

  test('rejects a password equal to the ID number or the local part of the address', async () => {
    const { idNumber, token } = await withLink()
    const personal = { password: idNumber, passwordConfirmation: idNumber }
    expect(await doors.reset(token, personal)).toMatchObject({
      statusCode: 400,
      json: { fields: [{ code: 'password-personal' }] },
    })
  })

  test('rejects a password equal to the Secret number, and stays valid (R06)', async () => {
    const { idNumber, token } = await withLink()
    await doors.enter(idNumber, 'SECRET77')
    const personal = { password: 'Secret77', passwordConfirmation: 'Secret77' }
    expect(await doors.reset(token, personal)).toMatchObject({
      statusCode: 400,
      json: { fields: [{ path: 'password', code: 'password-personal' }] },
    })
    expect((await doors.account(idNumber)).passwordHash).not.toContain('Secret77')
    expect(await doors.reset(token)).toMatchObject({ statusCode: 204 })
  })

  test('sets a password even if the Secret number is locked: neither lock blocks the other (R14)', async () => {
    const { idNumber } = await withLink()
    await doors.enter(idNumber, 'SECRET77')
    const statuses = []
    for (const password of ['Guess001', 'Guess002', 'Guess003', 'Secret77']) {
      const token = (await doors.linkFor(idNumber)) ?? ''
      statuses.push((await doors.reset(token, { password, passwordConfirmation: password })).statusCode)
    }
    expect(statuses).toEqual([204, 204, 204, 204])
  })

  test('is not issued for an outdated address, or if another one was issued meanwhile', async () => {
    const { idNumber, token } = await withLink()
    const { email: address, newestReset: after } = await doors.account(idNumber)
    const request = { requestedAt: toIso(clock.now()), eventId: 'a request' }
    const make = (changes: object) => doors.mailed.issueResetToken({ idNumber, request, address, after, ...changes })
    expect(await make({ address: 'old@example.org' })).toBeUndefined()
    expect(await make({ after: undefined })).toBeUndefined()
    expect(await make({ after: { ...after, tokenHash: 'of another' } })).toBeUndefined()
    expect(await make({ idNumber: 'NOBODY12' })).toBeUndefined()
    expect(await doors.reset(token)).toMatchObject({ statusCode: 204 })
    // What it was made for stays known, lest an earlier request gets a link now.
    expect(await doors.account(idNumber)).toMatchObject({ newestReset: after })
    expect(await doors.reset((await make({})) ?? '')).toMatchObject({ statusCode: 204 })
  })

  test('used two hundred times concurrently changes the password once', async () => {
    const { idNumber, token } = await withLink()
    const answers = await Promise.all(Array.from({ length: 200 }, () => doors.reset(token)))
    const statuses = answers.map(({ statusCode }) => statusCode)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => status === 410)).toHaveLength(199)
    expect((await doors.told(idNumber)).filter((type) => type === 'password-changed')).toHaveLength(1)
  })

  test('changes it more than once if the link is read first and deleted afterwards (negative control)', async () => {
    const { token } = await withLink()
    let looked = 0
    const all = Promise.withResolvers<void>()
    let changes = 0
    const careless = {
      async find(typed: string) {
        const account = await doors.resets.find(typed)
        if (++looked === 5) all.resolve()
        await all.promise
        return account
      },
      async use({ idNumber, passwordHash }: { idNumber: string; passwordHash: string }) {
        await tables.client.send(
          new UpdateCommand({
            TableName: tables.tableNames.accounts,
            Key: { idNumber },
            UpdateExpression: 'SET passwordHash = :passwordHash REMOVE resetToken',
            ExpressionAttributeValues: { ':passwordHash': passwordHash },
          }),
        )
        changes++
        return 'used' as const
      },
    }
    await Promise.all(Array.from({ length: 5 }, () => doors.reset(token, {}, careless)))
    expect(changes).toBeGreaterThan(1)
  })
})

describe('a lock', () => {
  test('is lifted by a link, and starts again after three more failures (R26)', async () => {
    const attempt = logInEndpoint({ tables, hasher: quickHasher, clock })
    const { idNumber, token } = await withLink()
    for (const guess of ['a', 'b', 'c']) await attempt(idNumber, guess)
    expect(await attempt(idNumber, 'Correct4Horse9Battery')).toMatchObject({ statusCode: 423 })
    await doors.reset(token)
    expect((await attempt(idNumber, 'Correct4Horse9Battery')).statusCode).toBe(401)
    expect((await attempt(idNumber, doors.newPassword)).statusCode).toBe(201)
    const again = []
    for (const guess of ['d', 'e', 'f']) again.push((await attempt(idNumber, guess)).statusCode)
    expect(again).toEqual([401, 401, 423])
  })

  test('that is lifted keeps the slots of guesses in flight, so that no more than three are evaluated (G1)', async () => {
    const { idNumber, token } = await withLink()
    const guards = dynamoSignInGuards(tables.client, tables.tableNames['sign-in-guards'])
    const guardId = await hmacKeyedHash(async () => 'a key of the tests')(`password:${idNumber}`)
    const attempts = ['one', 'two'].map((name) => attemptId(clock.now(), name)) as [string, string]
    for (const one of attempts) await guards.reserve(guardId, one, clock.now())
    await guards.settleWrong(guardId, attempts[0], clock.now())
    await doors.reset(token)
    const third = attemptId(clock.now(), 'three')
    expect(await guards.reserve(guardId, third, clock.now())).toMatchObject({
      outcome: 'reserved',
      guard: { inFlight: new Set([attempts[1], third]), wrong: new Set() },
    })
  })
})
