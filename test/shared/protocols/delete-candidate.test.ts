import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoAccounts, dynamoNewAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoCandidateRecords } from '../../../shared/adapters/dynamo/candidate-records.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../../shared/adapters/node/keyed-hash.ts'
import { beginSession } from '../../../shared/domain/session.ts'
import { deleteCandidate } from '../../../shared/protocols/delete-candidate.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import { manualClock } from '../../support/clock.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { sampleAccount, sampleEntry } from '../../support/samples.ts'

const clock = manualClock('2026-11-23T09:00:00.000Z')
let tables: TestTables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables?.stop())

/** A candidate with account, session, entry and two versions of a result, every value of it marked. */
const candidate = async (idNumber: string, dateTaken = '2026-11-14') => {
  const { client, tableNames } = tables
  const put = (TableName: string, Item: object) => client.send(new PutCommand({ TableName, Item }))
  const mark = (name: string) => `CANARY-${name}-${idNumber}`
  const entry = sampleEntry({ idNumber, dateTaken, givenName: mark('given'), familyName: mark('family') })
  await put(tableNames.entries, { ...entry, secretHash: mark('hash'), secretCiphertext: mark('cipher') })
  for (const version of [1, 2]) {
    await put(tableNames.results, { idNumber, version, session: entry.session, payload: { grade: mark('grade') } })
  }
  const account = sampleAccount({ idNumber, email: `${mark('mail')}@example.org`, passwordHash: mark('password') })
  await dynamoNewAccounts(client, tableNames, clock).create(account, {
    eventId: randomIds(),
    type: 'candidate-registered',
    detail: { version: 1, idNumber },
  })
  const session = beginSession(idNumber, account.sessionEpoch, clock.now())
  return { account, token: await dynamoSessions(client, tableNames.sessions).begin(session) }
}

const everything = async () => {
  const { client, tableNames } = tables
  const scans = Object.values(tableNames).map((TableName) => client.send(new ScanCommand({ TableName })))
  return JSON.stringify((await Promise.all(scans)).map(({ Items }) => Items))
}

const setUp = () => {
  const { client, tableNames } = tables
  const records = dynamoCandidateRecords(client, tableNames)
  const pseudonymHash = hmacKeyedHash(async () => 'a key of the tests')
  const accounts = dynamoAccounts(client, tableNames.accounts)
  const whoIs = identifyCandidate({ sessions: dynamoSessions(client, tableNames.sessions), accounts, clock })
  const remove = deleteCandidate({ records, pseudonymHash, clock, newId: randomIds })
  return { records, remove, whoIs, pseudonymHash }
}

const auditLines = async () => {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames.audit }))
  return Items
}

describe('a candidate who is deleted', () => {
  test('is in no table, except for one audit line under a pseudonym', async () => {
    const { remove, pseudonymHash } = setUp()
    await candidate('DELETE01')
    expect((await everything()).match(/CANARY-\w+-DELETE01/g)?.length).toBeGreaterThan(6)
    expect(await remove('DELETE01', { by: 'helga', reason: 'asked-for' })).toBe('deleted')
    expect(await everything()).not.toContain('CANARY-')
    const lines = await auditLines()
    expect(lines).toMatchObject([{ by: 'helga', action: 'candidate-deleted', details: { reason: 'asked-for' } }])
    expect(lines[0]?.subject).toBe(`candidate/${await pseudonymHash('candidate:DELETE01')}`)
    expect(JSON.stringify(lines)).not.toContain('DELETE01')
  })

  test('is signed out, and nobody else is', async () => {
    const { remove, whoIs } = setUp()
    const [gone, stays] = [await candidate('DELETE02'), await candidate('STAYS002')]
    await remove('DELETE02', { by: 'helga', reason: 'asked-for' })
    expect(await whoIs(gone.token)).toBeUndefined()
    expect(await whoIs(stays.token)).toMatchObject(stays.account)
    expect((await everything()).match(/CANARY-grade-STAYS002/g)).toHaveLength(2)
  })

  test('twice, or five times concurrently, is deleted once, with one audit line', async () => {
    const { remove } = setUp()
    await candidate('DELETE03')
    const before = (await auditLines()).length
    const deletion = { by: 'helga', reason: 'asked-for' } as const
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => remove('DELETE03', deletion)))
    expect(outcomes.filter((outcome) => outcome === 'deleted')).toHaveLength(1)
    expect(await remove('DELETE03', deletion)).toBe('nothing-held')
    expect(await auditLines()).toHaveLength(before + 1)
  })

  test('who never registered is deleted as well', async () => {
    const { remove } = setUp()
    const { client, tableNames } = tables
    await client.send(new PutCommand({ TableName: tableNames.entries, Item: sampleEntry({ idNumber: 'DELETE04' }) }))
    expect(await remove('DELETE04', { by: 'helga', reason: 'asked-for' })).toBe('deleted')
  })
})

test('who took the exam before a date is found by it', async () => {
  await candidate('TAKEN001', '2023-01-31')
  await candidate('TAKEN002', '2023-02-01')
  const found: string[] = []
  for await (const idNumber of setUp().records.takenBefore('2023-02-01')) found.push(idNumber)
  expect(found).toEqual(['TAKEN001'])
})
