import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoNewAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import { day, hour, minute } from '../../shared/domain/time.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import { manualClock } from '../support/clock.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { logInDoor } from '../support/log-in-door.ts'
import { type Interval, medianInterval, pairedDifferences } from '../support/median-difference.ts'
import { withOwnClient } from '../support/own-client.ts'
import { resetDoor } from '../support/reset-door.ts'
import { sampleAccount } from '../support/samples.ts'

/**
 * How long an answer takes tells nothing of who is registered (R27), with the real hash and a real engine. Shown for
 * 2,000 pairs; `PAIRS` chooses fewer to look at the test itself, whose interval is wider then.
 */
const pairs = Number(process.env.PAIRS ?? 2_000)
const idsOfEachKind = 100

let tables: TestTables
const clock = manualClock()
let known: string[]
const unknown = Array.from({ length: idsOfEachKind }, (_, index) => `NOBODY${100 + index}`)

beforeAll(async () => {
  tables = withOwnClient(await startTables())
  const accounts = dynamoNewAccounts(tables.client, tables.tableNames, clock)
  const passwordHash = await argon2idHasher.hash('Correct4Horse9Battery')
  known = await Promise.all(
    unknown.map(async () => {
      const idNumber = randomUUID().slice(0, 8).toUpperCase()
      await accounts.create(sampleAccount({ idNumber, passwordHash }), {
        eventId: randomUUID(),
        type: 'candidate-registered',
        detail: { version: 1, idNumber },
      })
      return idNumber
    }),
  )
}, minute)
afterAll(() => tables?.stop())

/** What knowing an ID changes, in milliseconds; a day goes by whenever all IDs had their turn, so that none is ever locked. */
const differenceOf = async (attempt: (idNumber: string) => Promise<unknown>): Promise<Interval> => {
  const nth = (ids: readonly string[]) => async (pair: number) => attempt(ids[pair % idsOfEachKind] as string)
  const differences = []
  await pairedDifferences(20, nth(known), nth(unknown))
  for (let left = pairs; left > 0; left -= idsOfEachKind) {
    clock.advance(day + hour)
    differences.push(...(await pairedDifferences(Math.min(left, idsOfEachKind), nth(known), nth(unknown))))
  }
  const interval = medianInterval(differences)
  console.log(`median of ${differences.length} differences: ${JSON.stringify(interval)} ms`)
  return interval
}

const expectWithinOneMillisecond = ({ low, high }: Interval) => {
  expect(low).toBeGreaterThan(-1)
  expect(high).toBeLessThan(1)
}

const logIns = (hasher: PasswordHasher) => {
  const attempt = logInDoor({ tables, hasher, clock })
  return (idNumber: string) => attempt(idNumber, 'NotThePassword1')
}

describe('the time of an answer', () => {
  test(
    'to a wrong password is the same within a millisecond, whether or not the ID is registered',
    async () => {
      expectWithinOneMillisecond(await differenceOf(logIns(argon2idHasher)))
    },
    hour,
  )

  test(
    'to who asks for a link to a new password is, too',
    async () => {
      expectWithinOneMillisecond(await differenceOf(resetDoor({ tables, clock })))
    },
    hour,
  )

  test(
    'differs for all to see where a registered ID costs one millisecond more (this test can fail)',
    async () => {
      const slower: PasswordHasher = {
        ...argon2idHasher,
        async verify(typed, phc) {
          const isRight = await argon2idHasher.verify(typed, phc)
          if (phc !== argon2idHasher.decoy) await delay(1)
          return isRight
        },
      }
      const { low } = await differenceOf(logIns(slower))
      expect(low).toBeGreaterThan(0)
    },
    hour,
  )
})
