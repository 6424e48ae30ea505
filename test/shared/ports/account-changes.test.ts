import { randomUUID } from 'node:crypto'
import { GetCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoChangeableAccounts } from '../../../shared/adapters/dynamo/account-choices.ts'
import { dynamoAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoPasswordChanges } from '../../../shared/adapters/dynamo/password-changes.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import type { DomainEvent } from '../../../shared/contracts/events.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { beginSession } from '../../../shared/domain/session.ts'
import { later } from '../../../shared/domain/time.ts'
import type { ChangeableAccounts } from '../../../shared/ports/account-choices.ts'
import type { Accounts, NewAccounts } from '../../../shared/ports/accounts.ts'
import type { PasswordChange, PasswordChanges } from '../../../shared/ports/password-changes.ts'
import type { Sessions } from '../../../shared/ports/sessions.ts'
import { manualClock } from '../../support/clock.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { enteredAccounts } from '../../support/entered-accounts.ts'
import { inMemoryChangeableAccounts, inMemoryPasswordChanges } from '../../support/in-memory/account-changes.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { inMemorySessions } from '../../support/in-memory/sessions.ts'
import { withLostResponses } from '../../support/lost-responses.ts'
import { sampleAccount } from '../../support/samples.ts'

interface Stores {
  readonly accounts: Accounts & NewAccounts
  readonly sessions: Sessions
  readonly choices: ChangeableAccounts
  readonly passwords: PasswordChanges
  /** Ids of the events that were told. */
  readonly told: () => Promise<string[]>
}

const clock = manualClock()
const newId = () => randomUUID().slice(0, 8).toUpperCase()
const eventOf = (type: 'candidate-registered' | 'password-changed', idNumber: string): DomainEvent => ({
  eventId: randomUUID(),
  type,
  detail: { version: 1, idNumber },
})
const register = async ({ accounts }: Stores): Promise<Account> => {
  const account = sampleAccount({ idNumber: newId() })
  await accounts.create(account, eventOf('candidate-registered', account.idNumber))
  return account
}

/** What any stores promise of the changes that candidates make to their accounts. */
const contract = (stores: () => Stores) => {
  describe('choices', () => {
    test('are changed only if given, and nothing else is (R09, R58)', async () => {
      const account = await register(stores())
      const given = { emailOptIn: false, language: 'de' as const }
      expect(await stores().choices.change(account, given)).toMatchObject({ ...account, ...given })
      expect(await stores().accounts.find(account.idNumber)).toMatchObject({ ...account, ...given })
    })

    test('of two concurrent changes neither overwrites the other', async () => {
      const account = await register(stores())
      const { choices, accounts } = stores()
      await Promise.all([choices.change(account, { country: 'FR' }), choices.change(account, { firstLanguage: 'fr' })])
      expect(await accounts.find(account.idNumber)).toMatchObject({ country: 'FR', firstLanguage: 'fr' })
    })

    test('of a missing or newly registered account are not changed', async () => {
      const { choices, accounts } = stores()
      const nobody = sampleAccount({ idNumber: newId() })
      expect(await choices.change(nobody, { country: 'FR' })).toBeUndefined()
      expect(await accounts.find(nobody.idNumber)).toBeUndefined()
      const account = await register(stores())
      const earlier = { ...account, registeredAt: later(account.registeredAt, -1) }
      expect(await choices.change(earlier, { country: 'FR' })).toBeUndefined()
      expect(await accounts.find(account.idNumber)).toMatchObject({ country: account.country })
    })
  })

  describe('a password', () => {
    const signedIn = async () => {
      const account = await register(stores())
      const session = beginSession(account.idNumber, account.sessionEpoch, clock.now())
      return { account, session, sessionToken: await stores().sessions.begin(session) }
    }
    const changeOf = (account: Account, sessionToken: string, to = 'a new hash'): PasswordChange => ({
      account,
      passwordHash: to,
      sessionEpoch: `epoch of ${to}`,
      sessionToken,
    })

    test('is changed together with the epoch, including that of the requesting session, and its event (R55)', async () => {
      const { account, session, sessionToken } = await signedIn()
      const event = eventOf('password-changed', account.idNumber)
      expect(await stores().passwords.make(changeOf(account, sessionToken), event)).toBe('made')
      const changed = { passwordHash: 'a new hash', sessionEpoch: 'epoch of a new hash' }
      expect(await stores().accounts.find(account.idNumber)).toMatchObject({ ...account, ...changed })
      expect(await stores().sessions.find(sessionToken)).toEqual({ ...session, epoch: 'epoch of a new hash' })
      expect(await stores().told()).toContain(event.eventId)
    })

    test('is not changed, without an event, if it is no longer the verified one', async () => {
      const { account, session, sessionToken } = await signedIn()
      const event = eventOf('password-changed', account.idNumber)
      const tried = { ...account, passwordHash: 'an older hash' }
      expect(await stores().passwords.make(changeOf(tried, sessionToken), event)).toBe('conflict')
      expect(await stores().accounts.find(account.idNumber)).toMatchObject(account)
      expect(await stores().sessions.find(sessionToken)).toEqual(session)
      expect(await stores().told()).not.toContain(event.eventId)
    })

    test("is not changed if the requesting session has ended or is another candidate's", async () => {
      const { account, sessionToken } = await signedIn()
      const other = await signedIn()
      await stores().sessions.end(sessionToken)
      for (const token of [sessionToken, other.sessionToken, 'x'.repeat(43)]) {
        const event = eventOf('password-changed', account.idNumber)
        expect(await stores().passwords.make(changeOf(account, token), event)).toBe('conflict')
      }
      expect(await stores().accounts.find(account.idNumber)).toMatchObject(account)
      expect(await stores().sessions.find(other.sessionToken)).toEqual(other.session)
    })

    test('is changed by one of ten concurrent requests, with one event', async () => {
      const { account, sessionToken } = await signedIn()
      const events = Array.from({ length: 10 }, () => eventOf('password-changed', account.idNumber))
      const outcomes = await Promise.all(
        events.map((event, n) => stores().passwords.make(changeOf(account, sessionToken, `hash ${n}`), event)),
      )
      expect(outcomes.filter((outcome) => outcome === 'made')).toHaveLength(1)
      const told = await stores().told()
      expect(events.map(({ eventId }) => told.includes(eventId))).toEqual(outcomes.map((outcome) => outcome === 'made'))
      expect(await stores().accounts.find(account.idNumber)).toMatchObject({
        passwordHash: `hash ${outcomes.indexOf('made')}`,
      })
    })
  })
}

describe('changes in memory', () => {
  const accounts = inMemoryAccounts()
  const sessions = inMemorySessions()
  const stores: Stores = {
    accounts,
    sessions,
    choices: inMemoryChangeableAccounts(accounts),
    passwords: inMemoryPasswordChanges(accounts, sessions),
    told: async () => accounts.events.map(({ eventId }) => eventId),
  }
  contract(() => stores)
})

describe('changes in DynamoDB', () => {
  let tables: TestTables
  let lossy: TestTables
  beforeAll(async () => {
    tables = await startTables()
    lossy = withLostResponses(tables)
  })
  afterAll(() => lossy?.stop())

  const storesIn = (those: TestTables): Stores => {
    const { client, tableNames } = those
    return {
      accounts: { ...dynamoAccounts(client, tableNames.accounts), ...enteredAccounts(those, clock) },
      sessions: dynamoSessions(client, tableNames.sessions),
      choices: dynamoChangeableAccounts(client, tableNames.accounts),
      passwords: dynamoPasswordChanges(client, tableNames, clock),
      told: async () => {
        const { Items = [] } = await client.send(new ScanCommand({ TableName: tableNames.outbox }))
        return Items.map(({ eventId }) => String(eventId))
      },
    }
  }
  const stores = () => storesIn(tables)
  contract(stores)
  describe('with every response lost, so that each request arrives twice', () => contract(() => storesIn(lossy)))

  test('a new password invalidates a pending reset link', async () => {
    const account = await register(stores())
    const Key = { idNumber: account.idNumber }
    const { client, tableNames } = tables
    await client.send(
      new UpdateCommand({
        TableName: tableNames.accounts,
        Key,
        UpdateExpression: 'SET resetToken = :token, pendingEmail = :token',
        ExpressionAttributeValues: { ':token': { hash: 'hash of a link' } },
      }),
    )
    const sessionToken = await stores().sessions.begin(
      beginSession(account.idNumber, account.sessionEpoch, clock.now()),
    )
    const change = { account, passwordHash: 'a new hash', sessionEpoch: 'epoch-2', sessionToken }
    expect(await stores().passwords.make(change, eventOf('password-changed', account.idNumber))).toBe('made')
    const { Item } = await client.send(new GetCommand({ TableName: tableNames.accounts, Key }))
    expect(Item).toMatchObject({ passwordHash: 'a new hash' })
    expect(Item).not.toHaveProperty('resetToken')
    expect(Item).not.toHaveProperty('pendingEmail')
  })
})
