import { type DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoAccountEmails } from '../../../shared/adapters/dynamo/account-emails.ts'
import { dynamoNewAccounts } from '../../../shared/adapters/dynamo/accounts.ts'
import { dynamoCandidateRecords } from '../../../shared/adapters/dynamo/candidate-records.ts'
import { dynamoEmailChangeRequests } from '../../../shared/adapters/dynamo/email-changes.ts'
import { dynamoMailedAccounts } from '../../../shared/adapters/dynamo/mailed-accounts.ts'
import { dynamoResultEmailPlans } from '../../../shared/adapters/dynamo/result-email-plans.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../../shared/adapters/node/keyed-hash.ts'
import { ttlAttribute } from '../../../shared/contracts/tables.ts'
import { batchItem, claimTimeout, type EmailBatch, emailScope } from '../../../shared/domain/email-batch.ts'
import { shardOf } from '../../../shared/domain/identifiers.ts'
import { beginSession } from '../../../shared/domain/session.ts'
import { day, later, toEpochSeconds, toIso } from '../../../shared/domain/time.ts'
import { deleteCandidate } from '../../../shared/protocols/delete-candidate.ts'
import { type Canary, findCanaries } from '../../support/canaries.ts'
import { manualClock } from '../../support/clock.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { sampleAccount, sampleEntry } from '../../support/samples.ts'

const clock = manualClock('2026-11-23T09:00:00.000Z')
const deletion = { by: 'helga', reason: 'asked-for' } as const
/** Of the same batch of mails, and not deleted. */
const neighbour = { idNumber: 'NEIGHB01', state: 'accepted' } as const
let tables: TestTables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables?.stop())

const canariesOf = (idNumber: string): Canary[] => [
  { kind: 'ID number', text: idNumber },
  ...['given', 'family', 'email', 'pending', 'secret', 'password', 'grade'].map((kind) => ({
    kind,
    text: `canary-${kind}-of-${idNumber.slice(-4)}-only`,
  })),
]

/** Somebody of whom every table holds something, with a session of their own. */
const candidateEverywhere = async (idNumber: string) => {
  const { client, tableNames } = tables
  const canaries = canariesOf(idNumber)
  const mark = (kind: string) => canaries.find((canary) => canary.kind === kind)?.text ?? ''
  const put = (TableName: string, Item: object) => client.send(new PutCommand({ TableName, Item }))
  const session = `session-of-${idNumber.slice(-4)}-only`
  const entry = sampleEntry({ idNumber, session, givenName: mark('given'), familyName: mark('family') })
  await put(tableNames.entries, { ...entry, secretCiphertext: mark('secret') })
  const email = `${mark('email')}@example.org`
  const account = sampleAccount({ idNumber, session, email, passwordHash: mark('password') })
  const event = { eventId: randomIds(), type: 'candidate-registered', detail: { version: 1, idNumber } } as const
  await dynamoNewAccounts(client, tableNames, clock).create(account, event)
  await dynamoSessions(client, tableNames.sessions).begin(beginSession(idNumber, account.sessionEpoch, clock.now()))

  const address = `${mark('pending')}@example.org`
  const changed = { eventId: randomIds(), type: 'email-change-requested', detail: { version: 1, idNumber } } as const
  const change = { account, address, askerId: `hash-${idNumber.slice(-4)}` }
  await dynamoEmailChangeRequests(client, tableNames, clock).request(change, changed)
  const mailed = dynamoMailedAccounts(client, tableNames, clock)
  expect(await mailed.issueEmailToken(idNumber, changed.eventId)).toBeDefined()
  const request = { requestedAt: toIso(clock.now()), eventId: randomIds() }
  expect(await mailed.issueResetToken({ idNumber, request, address: email, after: undefined })).toBeDefined()
  const emails = dynamoAccountEmails(client, tableNames.deliveries)
  const claim = { eventId: event.eventId, kind: 'registration-confirmation', attempt: 'a', claimedAt: clock.now() }
  await emails.claim({ ...claim, delivery: { idNumber, state: 'claimed' } })

  // The release before was replaced: its mails are found by the version that was sealed for it.
  const releaseIds = [`first-${idNumber.slice(-4)}`, `second-${idNumber.slice(-4)}`] as const
  for (const [index, sealedFor] of releaseIds.entries()) {
    await put(tableNames.results, {
      idNumber,
      version: index + 1,
      session,
      sealedFor,
      payload: { grade: mark('grade') },
    })
  }
  await put(tableNames.releases, { session, releaseId: releaseIds[1], state: 'released' })
  for (const releaseId of releaseIds) await planMails(idNumber, session, releaseId)
  return { canaries, batches: releaseIds.map((releaseId) => batchKey(idNumber, releaseId)) }
}

const batchKey = (idNumber: string, releaseId: string) => ({
  scope: emailScope(releaseId, shardOf(idNumber)),
  item: batchItem(1, 'es', 0),
})

const planMails = async (idNumber: string, session: string, releaseId: string) => {
  const key = batchKey(idNumber, releaseId)
  const own = { idNumber, state: 'accepted' } as const
  const batch: EmailBatch = { ...key, releaseId, session, language: 'es', revision: 4, deliveries: [neighbour, own] }
  const plans = dynamoResultEmailPlans(tables.client, tables.tableNames.deliveries)
  const to = { shardIndex: 1, cursor: '', waves: 1, planned: 2, left: {}, isDone: true }
  await plans.record(key.scope, { from: undefined, to, batches: [batch] })
}

/** Tables where the canaries lie in a row that does not go by itself within 14 days, and in one that does. */
const whereFound = async (canaries: readonly Canary[]) => {
  const last = toEpochSeconds(later(clock.now(), 14 * day))
  const found = { kept: new Set<string>(), expiring: new Set<string>() }
  for (const [name, TableName] of Object.entries(tables.tableNames)) {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName }))
    for (const row of Items) {
      if (findCanaries(canaries, [{ name, text: JSON.stringify(row) }]).length === 0) continue
      found[row[ttlAttribute] <= last ? 'expiring' : 'kept'].add(name)
    }
  }
  return { kept: [...found.kept].toSorted(), expiring: [...found.expiring].toSorted() }
}

const pseudonymHash = hmacKeyedHash(async () => 'a key of the tests')

const removeWith = (client: DynamoDBDocumentClient) =>
  deleteCandidate({
    records: dynamoCandidateRecords(client, tables.tableNames),
    pseudonymHash,
    clock,
    newId: randomIds,
  })

/** The tables as they are, for a deletion that forgets one of them. */
const forgetting = (forgotten: string): DynamoDBDocumentClient => {
  const { client } = tables
  const send = async (command: { input: { TableName?: string; TransactItems?: Record<string, object>[] } }) => {
    const { input } = command
    if (input.TableName === forgotten) return { Items: [] }
    const isKept = (item: Record<string, object>) => !JSON.stringify(item).includes(`"TableName":"${forgotten}"`)
    if (input.TransactItems) input.TransactItems = input.TransactItems.filter(isKept)
    return client.send(command as never)
  }
  return Object.assign(Object.create(client), { send })
}

const rowAt = async (Key: object) =>
  (await tables.client.send(new GetCommand({ TableName: tables.tableNames.deliveries, Key: { ...Key } }))).Item

describe('a candidate with rows in every table', () => {
  test('is, once deleted, only in rows that expire within 14 days', async () => {
    const { canaries } = await candidateEverywhere('CANARY01')
    expect(await whereFound(canaries)).toEqual({
      kept: ['accounts', 'deliveries', 'entries', 'results'],
      expiring: ['outbox', 'sessions', 'tokens'],
    })
    expect(await removeWith(tables.client)('CANARY01', deletion)).toBe('deleted')
    expect(await whereFound(canaries)).toEqual({ kept: [], expiring: ['outbox', 'sessions'] })
  })

  test('is a pseudonym in the audit trail and in the mail report, which still adds up', async () => {
    const { batches } = await candidateEverywhere('CANARY02')
    await removeWith(tables.client)('CANARY02', deletion)
    const pseudonym = `candidate/${await pseudonymHash('candidate:CANARY02')}`
    const { Items: audit } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames.audit }))
    expect(audit?.filter(({ subject }) => subject === pseudonym)).toHaveLength(1)
    for (const batch of batches) {
      expect(await rowAt(batch)).toMatchObject({
        revision: 5,
        ids: [neighbour.idNumber, pseudonym],
        states: 'aa',
      })
    }
  })

  test('is not deleted while a mail of the same batch is being sent, and can be deleted afterwards', async () => {
    const { canaries, batches } = await candidateEverywhere('CANARY03')
    const batch = await rowAt(batches[0] ?? {})
    const Item = { ...batch, claimedAt: clock.now(), states: 'ca' }
    await tables.client.send(new PutCommand({ TableName: tables.tableNames.deliveries, Item }))
    const remove = removeWith(tables.client)
    expect(await remove('CANARY03', deletion)).toBe('mail-in-flight')
    expect((await whereFound(canaries)).kept).toEqual(['accounts', 'deliveries', 'entries', 'results'])
    clock.advance(claimTimeout)
    expect(await remove('CANARY03', deletion)).toBe('deleted')
    expect((await whereFound(canaries)).kept).toEqual([])
  })

  test.each(['deliveries', 'results', 'accounts', 'entries'] as const)(
    'is found by the same search if the deletion omits %s',
    async (forgotten) => {
      const idNumber = `FORGOT${forgotten.slice(0, 4).toUpperCase()}`
      const { canaries } = await candidateEverywhere(idNumber)
      await removeWith(forgetting(tables.tableNames[forgotten]))(idNumber, deletion)
      expect((await whereFound(canaries)).kept).toContain(forgotten)
    },
  )
})
