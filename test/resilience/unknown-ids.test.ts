import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoNewAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import { dynamoClaimableEntries } from '../../shared/adapters/dynamo/entries.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import { manualClock } from '../support/clock.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { logInDoor, quickHasher } from '../support/log-in-door.ts'
import { withOwnClient } from '../support/own-client.ts'
import { registerDoor, sampleForm } from '../support/register-door.ts'
import { sampleAccount } from '../support/samples.ts'

/**
 * Who guesses learns nothing of who is registered (R27): the same bytes, the same calls in the same order, the same
 * hashing. And a login stays cheap: round trips to the tables, one after the other, are counted.
 */
let tables: TestTables
const clock = manualClock()
const password = 'Correct4Horse9Battery'

/** What leaves the function, in order: calls to tables (which, and what of), and hashes (at which cost). */
let outbound: string[] = []
/** How often a call began while none was under way. */
let roundTrips = 0
let underWay = 0

beforeAll(async () => {
  tables = withOwnClient(await startTables())
  tables.client.middlewareStack.add(
    (next, context) => async (call) => {
      const { TableName = '', Key = {} } = call.input as { TableName?: string; Key?: object }
      outbound.push(`${context.commandName} ${TableName.slice(9)} by ${Object.keys(Key).join()}`)
      if (underWay++ === 0) roundTrips++
      try {
        return await next(call)
      } finally {
        underWay--
      }
    },
    { step: 'initialize' },
  )
})
afterAll(() => tables?.stop())

const watchedHasher: PasswordHasher = {
  ...quickHasher,
  decoy: argon2idHasher.decoy,
  async verify(typed, phc) {
    outbound.push(`hash ${/m=.*?\$/.exec(phc)?.[0]}`)
    return phc.endsWith(typed)
  },
}

const registered = async () => {
  const idNumber = randomUUID().slice(0, 8).toUpperCase()
  const passwordHash = `$argon2id$v=19$m=19456,t=2,p=1$salt$${password}`
  await dynamoNewAccounts(tables.client, tables.tableNames, clock).create(sampleAccount({ idNumber, passwordHash }), {
    eventId: randomUUID(),
    type: 'candidate-registered',
    detail: { version: 1, idNumber },
  })
  return idNumber
}

const watched = async <Answer>(act: () => Promise<Answer>) => {
  outbound = []
  roundTrips = 0
  const answer = await act()
  return { answer, outbound, roundTrips }
}

/** What people and programs type for an ID number that has no account. */
const unregistered: Record<string, string> = {
  'an ID that nobody has': 'NOBODY12',
  'one in small letters with spaces': ' nobody 34',
  'one that is too short': 'A1',
  'one that is too long': 'A1'.repeat(40),
  'an email address': 'ana@example.org',
  nothing: '',
  'a line of SQL': "' OR 1=1 --",
  'other letters': 'ÄÖÜßéñ漢字',
  'a picture': '\u{1F512}\u{1F512}\u{1F512}',
  'half a character': '\uD800ABCDEF',
  'control characters': 'ABC\u0000\r\n123',
  'a thousand characters': 'ß'.repeat(1024),
}

describe('a login', () => {
  const door = () => logInDoor({ tables, hasher: watchedHasher, clock })

  test('answers four wrong passwords in the same way, whether or not the ID is registered', async () => {
    const attempt = door()
    const tried = async (idNumber: string) => {
      const seen = []
      for (let guess = 0; guess < 4; guess++) seen.push(await watched(() => attempt(idNumber, `wrong${guess}`)))
      return seen
    }
    const known = await tried(await registered())
    expect(known.map(({ answer }) => answer.statusCode)).toEqual([401, 401, 423, 423])
    for (const typed of Object.values(unregistered)) expect(await tried(typed)).toEqual(known)
  })

  test('looks different where no decoy is hashed for an unknown ID (this test can fail)', async () => {
    const careless = {
      ...watchedHasher,
      verify: (typed: string, phc: string) =>
        phc === watchedHasher.decoy ? Promise.resolve(false) : watchedHasher.verify(typed, phc),
    }
    const attempt = logInDoor({ tables, hasher: careless, clock })
    const id = await registered()
    const known = await watched(() => attempt(id, 'wrong'))
    expect(await watched(() => attempt('NOBODY56', 'wrong'))).not.toEqual(known)
  })

  test('asks the tables three times one after the other for a success, twice for a wrong password, once while locked', async () => {
    const attempt = door()
    const id = await registered()
    expect(await watched(() => attempt(id, password))).toMatchObject({ answer: { statusCode: 201 }, roundTrips: 3 })
    for (const statusCode of [401, 401, 423]) {
      expect(await watched(() => attempt(id, 'wrong'))).toMatchObject({ answer: { statusCode }, roundTrips: 2 })
    }
    const locked = await watched(() => attempt(id, password))
    expect(locked).toMatchObject({ answer: { statusCode: 423 }, roundTrips: 1 })
    expect(locked.outbound.filter((call) => call.startsWith('hash'))).toEqual([])
  })
})

describe('a registration', () => {
  test('answers four wrong Secret numbers in the same way, whether or not there is such an entry', async () => {
    const { submit } = registerDoor({
      guards: dynamoSignInGuards(tables.client, tables.tableNames['sign-in-guards']),
      entries: dynamoClaimableEntries(tables.client, tables.tableNames.entries),
      accounts: dynamoNewAccounts(tables.client, tables.tableNames, clock),
      clock,
    })
    const tried = async (idNumber: string) => {
      const seen = []
      for (let guess = 0; guess < 4; guess++) {
        seen.push(await watched(() => submit(sampleForm({ idNumber, secretNumber: `WRONG${guess}` }))))
      }
      return seen
    }
    const first = await tried(await registered())
    expect(first.map(({ answer }) => answer.statusCode)).toEqual([401, 401, 423, 423])
    for (const typed of Object.values(unregistered)) expect(await tried(typed)).toEqual(first)
  })
})
