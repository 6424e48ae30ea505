import { TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { beginSession } from '../../../shared/domain/session.ts'
import { epochMilliseconds, later, minute } from '../../../shared/domain/time.ts'
import type { Sessions } from '../../../shared/ports/sessions.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { inMemorySessions } from '../../support/in-memory/sessions.ts'
import { withLostResponses } from '../../support/lost-responses.ts'

const start = epochMilliseconds(Date.parse('2026-11-23T09:00:00Z'))
const session = beginSession('ABC12345', 'epoch-1', start)

/** What any sessions promise. */
const contract = (sessions: () => Sessions) => {
  test('a session is found by its token, which is unique', async () => {
    const [one, two] = [await sessions().begin(session), await sessions().begin(session)]
    expect(one).toMatch(/^[\w-]{43}$/)
    expect(two).not.toBe(one)
    expect(await sessions().find(one)).toEqual(session)
  })

  test('an unknown token finds no session', async () => {
    expect(await sessions().find('x'.repeat(43))).toBeUndefined()
  })

  test('a session can be extended while it exists', async () => {
    const token = await sessions().begin(session)
    const longer = { ...session, idleUntil: later(session.idleUntil, minute) }
    await sessions().extend(token, { ...longer, epoch: 'of an earlier look' })
    expect(await sessions().find(token)).toEqual(longer)
  })

  test('an ended session is deleted, and cannot be extended', async () => {
    const token = await sessions().begin(session)
    await sessions().end(token)
    await sessions().end(token)
    await sessions().extend(token, session)
    expect(await sessions().find(token)).toBeUndefined()
  })
}

describe('sessions in memory', () => {
  const sessions = inMemorySessions()
  contract(() => sessions)
})

describe('sessions in DynamoDB', () => {
  let tables: TestTables
  let lossy: TestTables
  beforeAll(async () => {
    tables = await startTables()
    lossy = withLostResponses(tables)
  })
  afterAll(() => lossy?.stop())
  const sessions = () => dynamoSessions(tables.client, tables.tableNames.sessions)
  contract(sessions)
  describe('with every response lost, so that each request arrives twice', () =>
    contract(() => dynamoSessions(lossy.client, lossy.tableNames.sessions)))

  test('are stored without their token, and expire', async () => {
    const token = await sessions().begin(session)
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames.sessions }))
    expect(JSON.stringify(Items)).not.toContain(token)
    expect(Items.every(({ expiresAtSeconds }) => Number(expiresAtSeconds) >= (start + 30 * minute) / 1000)).toBe(true)
  })

  test.each(['extend', 'end'] as const)('survive a password change on the same session: %s', async (name) => {
    const token = await sessions().begin(session)
    let conflicts = 2
    const contended = new Proxy(tables.client, {
      get: (client, property) =>
        property === 'send' && conflicts-- > 0
          ? async () => Promise.reject(new TransactionConflictException({ message: 'one is under way', $metadata: {} }))
          : client[property as keyof typeof client],
    })
    await dynamoSessions(contended, tables.tableNames.sessions)[name](token, {
      ...session,
      idleUntil: later(start, minute),
    })
    const found = await sessions().find(token)
    expect(found?.idleUntil).toBe(name === 'end' ? undefined : later(start, minute))
  })
})
