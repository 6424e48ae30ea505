import { randomUUID } from 'node:crypto'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoAccounts, dynamoNewAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import { dynamoClaimableEntries } from '../../shared/adapters/dynamo/entries.ts'
import { dynamoResetRequests } from '../../shared/adapters/dynamo/password-resets.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import type { ClaimableEntries } from '../../shared/ports/entries.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { intervalOf, medianInterval } from '../support/median-difference.ts'
import { recordCalls } from '../support/record-calls.ts'
import { claimableEntry, registerEndpoint, sampleForm } from '../support/register-endpoint.ts'
import { resetEndpoint } from '../support/reset-endpoint.ts'
import { sampleAccount } from '../support/samples.ts'
import { unregisteredIds } from '../support/unregistered-ids.ts'

/**
 * Registrations and link requests with another person's ID reveal nothing about it (R12, R27, R30): for imported,
 * registered and unknown IDs, status, headers, bytes and outbound calls are the same. For log-ins see
 * `unknown-ids.test.ts`.
 */
let tables: TestTables
let calls: ReturnType<typeof recordCalls>
const clock = manualClock()

beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
  calls = recordCalls(tables.client)
})
afterAll(() => tables?.stop())

/** In a file of entries, but not registered. */
const unclaimed = async () => {
  const idNumber = randomUUID().slice(0, 8).toUpperCase()
  const { entry, secretHash } = await claimableEntry('SECRET77', { idNumber })
  await tables.client.send(new PutCommand({ TableName: tables.tableNames.entries, Item: { ...entry, secretHash } }))
  return idNumber
}

const registered = async () => {
  const idNumber = await unclaimed()
  await dynamoNewAccounts(tables.client, tables.tableNames, clock).create(sampleAccount({ idNumber }), {
    eventId: randomUUID(),
    type: 'candidate-registered',
    detail: { version: 1, idNumber },
  })
  return idNumber
}

/** Responses and outbound calls of several consecutive attempts on an ID. */
const tried = async (times: number, attempt: (time: number) => Promise<{ readonly statusCode: number }>) => {
  const seen = []
  for (let time = 0; time < times; time++) seen.push(await calls.watched(() => attempt(time)))
  return seen
}

describe('a registration', () => {
  const entriesOfTables = () => dynamoClaimableEntries(tables.client, tables.tableNames.entries)
  const endpoint = (entries: ClaimableEntries = entriesOfTables()) => {
    const { submit } = registerEndpoint({
      guards: dynamoSignInGuards(tables.client, tables.tableNames['sign-in-guards']),
      entries,
      accounts: dynamoNewAccounts(tables.client, tables.tableNames, clock),
      clock,
    })
    return (idNumber: string) =>
      tried(4, (time) => submit(sampleForm({ idNumber, secretNumber: time === 0 ? '' : `WRONG${time}` })))
  }

  test('responds to four wrong Secret numbers in the same way for a registered, an unregistered and an unknown ID', async () => {
    const attempt = endpoint()
    const known = await attempt(await registered())
    expect(known.map(({ answer }) => answer.statusCode)).toEqual([401, 401, 423, 423])
    expect(await attempt(await unclaimed())).toEqual(known)
    for (const typed of Object.values(unregisteredIds)) expect(await attempt(typed)).toEqual(known)
  })

  test('looks different if only existing entries are checked for an account (negative control)', async () => {
    const accounts = dynamoAccounts(tables.client, tables.tableNames.accounts)
    const entries = entriesOfTables()
    const attempt = endpoint({
      async find(idNumber) {
        const found = await entries.find(idNumber)
        if (found) await accounts.find(idNumber)
        return found
      },
    })
    expect(await attempt('NOBODY78')).not.toEqual(await attempt(await unclaimed()))
  })
})

describe('requesting a password reset link', () => {
  const asked = (attempt: ReturnType<typeof resetEndpoint>, idNumber: string) => tried(5, () => attempt(idNumber))

  test('responds five times in the same way, whether or not the ID is registered, even after the mail limit', async () => {
    const attempt = resetEndpoint({ tables, clock })
    const known = await asked(attempt, await registered())
    expect(known.map(({ answer }) => answer.statusCode)).toEqual([202, 202, 202, 202, 202])
    expect(new Set(known.map(({ answer }) => JSON.stringify(answer))).size).toBe(1)
    expect(await asked(attempt, await unclaimed())).toEqual(known)
    for (const typed of Object.values(unregisteredIds)) expect(await asked(attempt, typed)).toEqual(known)
  })

  test('looks different if the mail is sent inline to registered candidates (negative control)', async () => {
    const requests = dynamoResetRequests(tables.client, tables.tableNames, clock)
    const accounts = dynamoAccounts(tables.client, tables.tableNames.accounts)
    const attempt = resetEndpoint({
      tables,
      clock,
      resets: {
        ...requests,
        async tell(event) {
          const { idNumber } = event.detail as { idNumber: string }
          if (await accounts.find(idNumber)) calls.note('SendEmail')
          return requests.tell(event)
        },
      },
    })
    expect(await asked(attempt, 'NOBODY90')).not.toEqual(await asked(attempt, await registered()))
  })
})

describe('the confidence interval that the nightly test uses for 2,000 pairs', () => {
  /** Differences as on an idle machine: a few milliseconds in either direction, with occasional outliers. */
  const differences = (shift: number) =>
    Array.from({ length: 2_000 }, (_, pair) => {
      const share = ((pair * 0.618034) % 1) * 0.998 + 0.001
      return shift + 2 * Math.log(share / (1 - share)) + (pair % 50 === 0 ? 60 : 0)
    })

  test('is within a millisecond without a difference, and excludes zero for a difference of one millisecond', () => {
    const same = medianInterval(differences(0))
    expect(same.low).toBeGreaterThan(-1)
    expect(same.low).toBeLessThan(0.1)
    expect(same.high).toBeLessThan(1)
    expect(medianInterval(differences(1)).low).toBeGreaterThan(0)
  })

  test('is not affected by the size of outliers', () => {
    const far = differences(0).map((difference) => (difference > 20 ? difference * 100 : difference))
    expect(medianInterval(far)).toEqual(medianInterval(differences(0)))
  })

  test('is measured until it is narrow, whatever its position, up to a limit', async () => {
    let measured = 0
    const noisy = async (pairs: number) => {
      measured += pairs
      return Array.from({ length: pairs }, (_, pair) => (pair % 2 ? 1 : -1) * ((pair * 0.618034) % 1) * 100)
    }
    const { pairs, low, high } = await intervalOf(noisy, { pairs: 100, width: 20, maxPairs: 10_000 })
    expect(high - low).toBeLessThanOrEqual(20)
    expect([pairs > 100, pairs < 10_000, measured === pairs]).toEqual([true, true, true])
    expect((await intervalOf(noisy, { pairs: 100, width: 0.001, maxPairs: 1_000 })).pairs).toBe(1_000)
  })
})
