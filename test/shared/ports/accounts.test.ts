import { randomUUID } from 'node:crypto'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoAccounts, dynamoNewAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import type { DomainEvent } from '../../../shared/contracts/events.ts'
import { outboxRow } from '../../../shared/contracts/events.ts'
import { sessionShardOf } from '../../../shared/domain/identifiers.ts'
import { toEpochSeconds } from '../../../shared/domain/time.ts'
import type { Accounts, NewAccounts } from '../../../shared/ports/accounts.ts'
import { manualClock } from '../../support/clock.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { enteredAccounts } from '../../support/entered-accounts.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { withLostResponses } from '../../support/lost-responses.ts'
import { sampleAccount } from '../../support/samples.ts'

const registered = (idNumber: string): DomainEvent => ({
  eventId: randomUUID(),
  type: 'candidate-registered',
  detail: { version: 1, idNumber },
})

/** What any accounts promise; `events` answers the ids of those that were told. */
const contract = (
  accounts: () => Accounts & NewAccounts,
  events: () => Promise<string[]>,
  /** The same, where nobody puts the entry first. */
  withoutEntry: () => NewAccounts = accounts,
) => {
  const newId = () => randomUUID().slice(0, 8).toUpperCase()

  test('an account is found as it was created, with its event', async () => {
    const account = sampleAccount({ idNumber: newId() })
    const event = registered(account.idNumber)
    expect(await accounts().create(account, event)).toEqual({ outcome: 'created' })
    expect(await accounts().find(account.idNumber)).toMatchObject(account)
    expect(await events()).toContain(event.eventId)
  })

  test('an ID without account has none', async () => {
    expect(await accounts().find(newId())).toBeUndefined()
  })

  test('a second account for an ID is not created, without an event', async () => {
    const account = sampleAccount({ idNumber: newId() })
    await accounts().create(account, registered(account.idNumber))
    const event = registered(account.idNumber)
    const second = { ...account, email: 'other@example.org', registrationHash: 'another' }
    const { registrationHash, registeredAt } = account
    expect(await accounts().create(second, event)).toEqual({ outcome: 'taken', by: { registrationHash, registeredAt } })
    expect(await accounts().find(account.idNumber)).toMatchObject(account)
    expect(await events()).not.toContain(event.eventId)
  })

  test('no account is created, without an event, for a missing or deleted entry', async () => {
    const event = registered('NOENTRY1')
    expect(await withoutEntry().create(sampleAccount({ idNumber: 'NOENTRY1' }), event)).toEqual({ outcome: 'no-entry' })
    expect(await accounts().find('NOENTRY1')).toBeUndefined()
    expect(await events()).not.toContain(event.eventId)
  })

  test('one of 50 concurrent requests creates the account of an ID, with one event', async () => {
    const idNumber = newId()
    const told = Array.from({ length: 50 }, () => registered(idNumber))
    const outcomes = await Promise.all(told.map((event) => accounts().create(sampleAccount({ idNumber }), event)))
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
    const seen = await events()
    expect(told.filter(({ eventId }) => seen.includes(eventId))).toHaveLength(1)
  })
}

describe('accounts in memory', () => {
  const accounts = inMemoryAccounts(new Set(['NOENTRY1']))
  contract(
    () => accounts,
    async () => accounts.events.map(({ eventId }) => eventId),
  )
})

describe('accounts in DynamoDB', () => {
  let tables: TestTables
  let lossy: TestTables
  const clock = manualClock()
  beforeAll(async () => {
    tables = await startTables()
    lossy = withLostResponses(tables)
  })
  afterAll(() => lossy?.stop())

  const accountsIn = ({ client, tableNames, ...rest }: TestTables) => ({
    ...dynamoAccounts(client, tableNames.accounts),
    ...enteredAccounts({ client, tableNames, ...rest }, clock),
  })
  const accounts = () => accountsIn(tables)
  const outbox = async () => {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames.outbox }))
    return Items
  }
  const told = async () => (await outbox()).map(({ eventId }) => String(eventId))
  contract(accounts, told, () => dynamoNewAccounts(tables.client, tables.tableNames, clock))
  describe('with every response lost, so that each request arrives twice', () =>
    contract(
      () => accountsIn(lossy),
      told,
      () => dynamoNewAccounts(lossy.client, lossy.tableNames, clock),
    ))

  test('are found by session and shard, and their events are rows that expire a week later', async () => {
    const account = sampleAccount({ idNumber: 'SHARD001' })
    const event = registered(account.idNumber)
    await accounts().create(account, event)
    const { Items = [] } = await tables.client.send(
      new ScanCommand({ TableName: tables.tableNames.accounts, IndexName: 'bySession' }),
    )
    expect(Items).toContainEqual({
      sessionShard: sessionShardOf(account.session, account.idNumber),
      idNumber: account.idNumber,
      emailOptIn: true,
      language: 'es',
    })
    const row = (await outbox()).find(({ eventId }) => eventId === event.eventId)
    expect(outboxRow.parse(row)).toEqual({
      eventId: event.eventId,
      type: 'candidate-registered',
      detail: '{"version":1,"idNumber":"SHARD001"}',
    })
    expect(row?.expiresAtSeconds).toBe(toEpochSeconds(clock.now()) + 7 * 24 * 3600)
  })
})
