import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { argon2idHasher } from '../../shared/adapters/node/password-hasher.ts'
import { day, hour, minute } from '../../shared/domain/time.ts'
import type { PasswordHasher } from '../../shared/ports/password-hasher.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { enteredAccounts } from '../support/entered-accounts.ts'
import { logInEndpoint } from '../support/log-in-endpoint.ts'
import {
  type Costing,
  type Interval,
  intervalOf,
  keepBusy,
  pairedDifferences,
  processorTimeOf,
  wallTimeOf,
} from '../support/median-difference.ts'
import { resetEndpoint } from '../support/reset-endpoint.ts'
import { sampleAccount } from '../support/samples.ts'

/**
 * The response time reveals nothing about registered IDs (R27), on a real engine. The hash and the rest are measured
 * separately: the hash takes tens of milliseconds on all cores and depends on other load, so its CPU time is measured;
 * for the rest, which waits for DynamoDB, the wall-clock time. At least 2,000 pairs each (500 are enough to show a
 * difference of one millisecond in the hash); `PAIRS` selects fewer to try out the test itself.
 */
const pairs = Number(process.env.PAIRS ?? 2_000)
const precision = { pairs, width: 0.8, maxPairs: 10 * pairs }
const idsOfEachKind = 100
const wrong = 'NotThePassword1'

let tables: TestTables
const clock = manualClock()
let passwordHash: string
let known: string[]
const unknown = Array.from({ length: idsOfEachKind }, (_, index) => `NOBODY${100 + index}`)

beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
  const accounts = enteredAccounts(tables, clock)
  passwordHash = await argon2idHasher.hash('Correct4Horse9Battery')
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

const told = (what: string, interval: Interval & { readonly pairs: number }): Interval => {
  process.stdout.write(`${what}: ${JSON.stringify(interval)} ms\n`)
  return interval
}

/** Compares known with unknown IDs; the clock moves on by a day after each round, so that no ID is ever locked. */
const differenceOf = async (what: string, attempt: (idNumber: string) => Promise<unknown>): Promise<Interval> => {
  const nth =
    (ids: readonly string[]): Costing =>
    (pair) =>
      wallTimeOf(() => attempt(ids[pair % idsOfEachKind] as string))
  const measure = async (wanted: number) => {
    const differences = []
    for (let left = wanted; left > 0; left -= idsOfEachKind) {
      clock.advance(day + hour)
      differences.push(...(await pairedDifferences(Math.min(left, idsOfEachKind), nth(known), nth(unknown))))
    }
    return differences
  }
  await measure(20)
  return told(what, await intervalOf(measure, precision))
}

/** Compares the account's hash with the decoy. */
const differenceOfHashes = async (
  what: string,
  { verify, decoy }: PasswordHasher,
  within = precision,
): Promise<Interval> => {
  const costOf =
    (phc: string): Costing =>
    () =>
      processorTimeOf(() => verify(wrong, phc))
  const measure = (wanted: number) => pairedDifferences(wanted, costOf(passwordHash), costOf(decoy))
  await measure(20)
  return told(what, await intervalOf(measure, within))
}

const expectWithinOneMillisecond = ({ low, high }: Interval) => {
  expect(low).toBeGreaterThan(-1)
  expect(high).toBeLessThan(1)
}

/** Compares without hashing, and counts the comparisons by hash. */
const instantHasher = (whileComparing: (phc: string) => void = () => undefined) => {
  const asked = new Map<string, number>()
  const hasher: PasswordHasher = {
    ...argon2idHasher,
    async verify(_typed, phc) {
      asked.set(phc, (asked.get(phc) ?? 0) + 1)
      whileComparing(phc)
      return false
    },
  }
  return { hasher, asked }
}

const logIns = (hasher: PasswordHasher) => {
  const attempt = logInEndpoint({ tables, hasher, clock })
  return async (idNumber: string) => expect((await attempt(idNumber, wrong)).statusCode).toBe(401)
}

const oneMillisecondMore = (phc: string) => {
  if (phc !== argon2idHasher.decoy) keepBusy(1)
}

describe('response times', () => {
  test(
    'to a wrong password are equal within a millisecond except for the hash, which is computed once in either case',
    async () => {
      const { hasher, asked } = instantHasher()
      expectWithinOneMillisecond(await differenceOf('log-in without the hash', logIns(hasher)))
      expect([...asked.keys()].toSorted()).toEqual([passwordHash, argon2idHasher.decoy].toSorted())
      expect(asked.get(passwordHash)).toBe(asked.get(argon2idHasher.decoy))
    },
    hour,
  )

  test(
    'differ visibly if a registered ID takes one millisecond more (negative control)',
    async () => {
      const { hasher } = instantHasher(oneMillisecondMore)
      expect((await differenceOf('log-in, known IDs 1 ms slower', logIns(hasher))).low).toBeGreaterThan(0)
    },
    hour,
  )

  test(
    'of the hash are equal within a millisecond, for an account and for the decoy',
    async () => {
      expectWithinOneMillisecond(await differenceOfHashes('hash', argon2idHasher))
    },
    hour,
  )

  test(
    'of the hash differ visibly if an account’s takes one millisecond more (negative control)',
    async () => {
      const slower: PasswordHasher = {
        ...argon2idHasher,
        async verify(typed, phc) {
          oneMillisecondMore(phc)
          return argon2idHasher.verify(typed, phc)
        },
      }
      const soon = { ...precision, pairs: Math.ceil(pairs / 4) }
      expect((await differenceOfHashes('hash, known IDs 1 ms slower', slower, soon)).low).toBeGreaterThan(0)
    },
    hour,
  )

  test(
    'to a request for a reset link are equal within a millisecond',
    async () => {
      expectWithinOneMillisecond(await differenceOf('link to a new password', resetEndpoint({ tables, clock })))
    },
    hour,
  )
})
