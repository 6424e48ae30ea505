import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { dynamoAccounts, dynamoNewAccounts } from '../../shared/adapters/dynamo/accounts.ts'
import { dynamoCandidateRecords } from '../../shared/adapters/dynamo/candidate-records.ts'
import { dynamoClaimableEntries } from '../../shared/adapters/dynamo/entries.ts'
import { dynamoSignInGuards } from '../../shared/adapters/dynamo/sign-in-guards.ts'
import type { NewAccounts } from '../../shared/ports/accounts.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { inMemoryAccounts } from '../support/in-memory/accounts.ts'
import { claimableEntry, registerEndpoint, sampleForm } from '../support/register-endpoint.ts'

/** One account per ID number (R12), atomically (R10), under concurrency (G2); on a real engine. */
// Thousands of calls, on a machine of unknown speed.
jest.setTimeout(180_000)

let tables: TestTables
const clock = manualClock()
beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
})
afterAll(() => tables?.stop())

const endpoint = async (idNumber: string, accounts?: NewAccounts) => {
  const { client, tableNames } = tables
  const { entry, secretHash } = await claimableEntry('SECRET77', { idNumber })
  await client.send(new PutCommand({ TableName: tableNames.entries, Item: { ...entry, secretHash } }))
  return registerEndpoint({
    guards: dynamoSignInGuards(client, tableNames['sign-in-guards']),
    entries: dynamoClaimableEntries(client, tableNames.entries),
    accounts: accounts ?? dynamoNewAccounts(client, tableNames, clock),
    clock,
  })
}

const confirmationsFor = async (idNumber: string) => {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames.outbox }))
  return Items.filter(
    ({ type, detail }) => type === 'candidate-registered' && JSON.parse(String(detail)).idNumber === idNumber,
  )
}

const submitAll = async (idNumber: string, count: number, accounts?: NewAccounts) => {
  const { submit } = await endpoint(idNumber, accounts)
  const forms = Array.from({ length: count }, (_, index) =>
    sampleForm({ idNumber, email: `person${index}@example.org` }),
  )
  return (await Promise.all(forms.map((form) => submit(form)))).map(({ statusCode }) => statusCode)
}

describe('200 concurrent registrations of one ID', () => {
  test('have one winner, one account and one confirmation; the others are refused or asked to try again', async () => {
    const statuses = await submitAll('CLAIMED1', 200)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(new Set(statuses)).toEqual(new Set([201, 409, 429].filter((status) => statuses.includes(status))))
    expect(await confirmationsFor('CLAIMED1')).toHaveLength(1)
  })

  test('have several winners if the account is read first and written afterwards (negative control)', async () => {
    const memory = inMemoryAccounts()
    const secondHasLooked = Promise.withResolvers<void>()
    let looked = 0
    const statuses = await submitAll('CLAIMED2', 50, {
      async create(account, event) {
        if (await memory.find(account.idNumber)) return memory.create(account, event)
        if (++looked === 2) secondHasLooked.resolve()
        await secondHasLooked.promise
        memory.rows.delete(account.idNumber)
        return memory.create(account, event)
      },
    })
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(1)
  })

  test('with the same form, as after a double click, all succeed, with one confirmation', async () => {
    const { submit } = await endpoint('DOUBLE12')
    const form = sampleForm({ idNumber: 'DOUBLE12' })
    const statuses = (await Promise.all(Array.from({ length: 3 }, () => submit(form)))).map(
      ({ statusCode }) => statusCode,
    )
    expect(statuses).toEqual([201, 201, 201])
    expect(await confirmationsFor('DOUBLE12')).toHaveLength(1)
  })
})

describe('a candidate who registers while being deleted', () => {
  test('is refused, and leaves no account without entry', async () => {
    const { client, tableNames } = tables
    const records = dynamoCandidateRecords(client, tableNames)
    const audit = {
      subject: 'candidate/x',
      at: clock.now(),
      id: 'x',
      by: 'x',
      action: 'candidate-deleted',
      details: {},
    }
    const accounts = dynamoNewAccounts(client, tableNames, clock)
    const { submit } = await endpoint('LEAVING1', {
      async create(account, event) {
        expect(await records.remove('LEAVING1', audit)).toBe('removed')
        return accounts.create(account, event)
      },
    })
    expect(await submit(sampleForm({ idNumber: 'LEAVING1' }))).toMatchObject({
      statusCode: 401,
      json: { code: 'incorrect-details' },
    })
    expect(await dynamoAccounts(client, tableNames.accounts).find('LEAVING1')).toBeUndefined()
    expect(await confirmationsFor('LEAVING1')).toEqual([])
  })
})
