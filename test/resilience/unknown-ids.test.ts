import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { enteredAccounts } from '../support/entered-accounts.ts'
import { logInEndpoint, quickHasher } from '../support/log-in-endpoint.ts'
import { recordCalls } from '../support/record-calls.ts'
import { sampleAccount } from '../support/samples.ts'
import { unregisteredIds } from '../support/unregistered-ids.ts'

/**
 * Guessing reveals nothing about registered IDs (R27): the same bytes, the same calls in the same order, the same hashing.
 * And a login stays cheap: its sequential table round trips are counted.
 */
let tables: TestTables
const clock = manualClock()
const password = 'Correct4Horse9Battery'

let calls: ReturnType<typeof recordCalls>
const watched = <Answer>(act: () => Promise<Answer>) => calls.watched(act)

beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
  calls = recordCalls(tables.client)
})
afterAll(() => tables?.stop())

const watchedHasher: PasswordHasher = {
  ...quickHasher,
  decoy: argon2idHasher.decoy,
  async verify(typed, phc) {
    calls.note(`hash ${/m=.*?\$/.exec(phc)?.[0]}`)
    return phc.endsWith(typed)
  },
}

const registered = async () => {
  const idNumber = randomUUID().slice(0, 8).toUpperCase()
  const passwordHash = `$argon2id$v=19$m=19456,t=2,p=1$salt$${password}`
  await enteredAccounts(tables, clock).create(sampleAccount({ idNumber, passwordHash }), {
    eventId: randomUUID(),
    type: 'candidate-registered',
    detail: { version: 1, idNumber },
  })
  return idNumber
}

describe('a login', () => {
  const endpoint = () => logInEndpoint({ tables, hasher: watchedHasher, clock })

  test('responds to four wrong passwords in the same way, whether or not the ID is registered', async () => {
    const attempt = endpoint()
    const tried = async (idNumber: string) => {
      const seen = []
      for (let guess = 0; guess < 4; guess++) seen.push(await watched(() => attempt(idNumber, `wrong${guess}`)))
      return seen
    }
    const known = await tried(await registered())
    expect(known.map(({ answer }) => answer.statusCode)).toEqual([401, 401, 423, 423])
    for (const typed of Object.values(unregisteredIds)) expect(await tried(typed)).toEqual(known)
  })

  test('looks different if no decoy is hashed for an unknown ID (negative control)', async () => {
    const careless = {
      ...watchedHasher,
      verify: (typed: string, phc: string) =>
        phc === watchedHasher.decoy ? Promise.resolve(false) : watchedHasher.verify(typed, phc),
    }
    const attempt = logInEndpoint({ tables, hasher: careless, clock })
    const id = await registered()
    const known = await watched(() => attempt(id, 'wrong'))
    expect(await watched(() => attempt('NOBODY56', 'wrong'))).not.toEqual(known)
  })

  test('makes three sequential table round trips for a success, two for a wrong password, one while locked', async () => {
    const attempt = endpoint()
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
