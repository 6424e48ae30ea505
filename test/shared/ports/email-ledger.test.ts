import { randomUUID } from 'node:crypto'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoEmailBatches } from '../../../shared/adapters/dynamo/email-batches.ts'
import {
  dynamoEmailFeedback,
  dynamoMailedAddresses,
  dynamoPublishedEvents,
} from '../../../shared/adapters/dynamo/email-feedback.ts'
import {
  dynamoEmailLedger,
  dynamoEmailObstacles,
  dynamoEmailRemedies,
} from '../../../shared/adapters/dynamo/email-ledger.ts'
import { dynamoChoosingAccounts, dynamoLateEmails } from '../../../shared/adapters/dynamo/late-emails.ts'
import { putOutboxRow } from '../../../shared/adapters/dynamo/outbox.ts'
import { dynamoMailDeferrals, dynamoResultEmailPlans } from '../../../shared/adapters/dynamo/result-email-plans.ts'
import { dynamoMailAlarms, dynamoSendRate } from '../../../shared/adapters/dynamo/send-rate.ts'
import { batchItem, type EmailBatch, emailScope, lateItem } from '../../../shared/domain/email-batch.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { AddedFeedback, EmailFeedback, FailedMails } from '../../../shared/ports/email-feedback.ts'
import type { EmailLedger, EmailObstacles, EmailRemedies } from '../../../shared/ports/email-ledger.ts'
import type { MailDeferrals, ResultEmailPlans } from '../../../shared/ports/result-email-plans.ts'
import type { SendRate } from '../../../shared/ports/send-rate.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { inMemoryDeliveries } from '../../support/in-memory/deliveries.ts'
import { inMemoryEmailLedger } from '../../support/in-memory/email-ledger.ts'
import { inMemorySendRate } from '../../support/in-memory/send-rate.ts'
import { withLostResponses } from '../../support/lost-responses.ts'
import { sampleAccount } from '../../support/samples.ts'

const at = epochMilliseconds(1_764_000_000_000)

interface Ports {
  readonly plans: ResultEmailPlans
  readonly batches: EmailBatches
  readonly feedback: EmailFeedback
  readonly ledger: EmailLedger
  readonly remedies: EmailRemedies
  readonly obstacles: EmailObstacles
  readonly sendRate: SendRate
  readonly deferrals: MailDeferrals
}

/** A release of two lanes with two batches in the second, all of them claimed. */
const plannedIn = async (ports: Ports) => {
  const releaseId = randomUUID()
  const scope = emailScope(releaseId, 1)
  const batch = (number: number): EmailBatch => ({
    ...{ scope, item: batchItem(1, 'en', number), releaseId, session: 's', language: 'en', revision: 0 },
    deliveries: Array.from({ length: 3 }, (_, index) => ({ idNumber: `ID${number}${index}`, state: 'pending' })),
  })
  await ports.plans.begin({ releaseId, session: 's', lanes: 2, begunAt: at })
  const to = { shardIndex: 8, cursor: '', waves: 1, planned: 6, left: {}, isDone: true }
  await ports.plans.record(scope, { from: undefined, to, batches: [batch(0), batch(1)] })
  const unknown = { ...batch(0), revision: 1, attempt: 'a', claimedAt: at }
  const deliveries = batch(0).deliveries.map(({ idNumber }) => ({ idNumber, state: 'unknown' as const, reason: 'r' }))
  expect(await ports.batches.write([{ ...unknown, deliveries }])).toBe('written')
  return { releaseId, scope, items: [batchItem(1, 'en', 0), batchItem(1, 'en', 1)] as const }
}

/** Whatever becomes of recorders and of responses. */
const countingContract = (ports: () => Ports) => {
  test('a failed mail is counted once, however often and by however many it is told, and whatever came between', async () => {
    const { releaseId, scope, items } = await plannedIn(ports())
    const [item] = items
    const { feedback } = ports()
    const bounced = { sent: new Set([0, 1]), bounced: new Set([0, 1]) }
    // Whoever added this was killed before it was counted.
    await feedback.add(scope, item, bounced)
    const addedAtOnce = await Promise.all(
      [bounced, bounced, { ...bounced, bounced: new Set([1, 2]), complained: new Set([1]) }].map(
        async (told) => (await feedback.add(scope, item, told)) as AddedFeedback,
      ),
    )
    await Promise.all(addedAtOnce.map((added) => feedback.count({ scope, item }, added)))
    await Promise.all(addedAtOnce.map((added) => feedback.count({ scope, item }, { ...added, firstTold: 0 })))
    const again = (await feedback.add(scope, item, bounced)) as AddedFeedback
    expect(again.uncounted).toEqual({ bounced: new Set(), complained: new Set() })
    const health = await feedback.health(releaseId)
    expect(health).toMatchObject({ bounced: 3, complained: 1 })
    // Too few at most, which makes the share of failures larger.
    expect(health.told).toBeLessThanOrEqual(3)
  })
}

const ledgerContract = (ports: () => Ports) => {
  const planned = () => plannedIn(ports())

  test('feedback is added once, and returns its owner and what was new', async () => {
    const { scope, items } = await planned()
    const { feedback } = ports()
    expect(await feedback.add(scope, 'batch#none', { sent: new Set([0]) })).toBeUndefined()
    const first = await feedback.add(scope, items[0], { sent: new Set([0, 2]), bounced: new Set([2]) })
    expect(first).toEqual({
      uncounted: { bounced: new Set([2]), complained: new Set() },
      firstTold: 2,
      ids: ['ID00', 'ID01', 'ID02'],
    })
    const again = await feedback.add(scope, items[0], { delivered: new Set([0, 1]), bounced: new Set([2]) })
    expect(again).toMatchObject({ uncounted: { bounced: new Set([2]) }, firstTold: 1 })
  })

  test('concurrent feedback loses nothing, and does not conflict with settling', async () => {
    const { scope, items } = await planned()
    const [batch] = await ports().ledger.batches(scope, [items[1]])
    const claim = { ...(batch as EmailBatch), revision: 1, attempt: 'b', claimedAt: at }
    const [written] = await Promise.all([
      ports().batches.write([claim]),
      ...[0, 1, 2].map((position) => ports().feedback.add(scope, items[1], { sent: new Set([position]) })),
    ])
    expect(written).toBe('written')
    expect(await ports().ledger.batches(scope, [items[1]])).toMatchObject([
      { revision: 1, feedback: { sent: new Set([0, 1, 2]) } },
    ])
  })

  test('the ledger has every batch of a lane without its IDs, with its feedback', async () => {
    const { releaseId, scope, items } = await planned()
    await ports().feedback.add(scope, items[0], { delivered: new Set([1]) })
    const { ledger } = ports()
    expect(await ledger.plan(releaseId)).toMatchObject({ releaseId, lanes: 2 })
    expect(await ledger.plan('none')).toBeUndefined()
    expect(await ledger.lane(emailScope(releaseId, 0))).toEqual({ isPlanned: false, batches: [] })
    const { isPlanned, batches } = await ledger.lane(scope)
    expect(isPlanned).toBe(true)
    expect(batches.map(({ item }) => item)).toEqual(items)
    expect(batches[0]).toMatchObject({ claimedAt: at, feedback: { delivered: new Set([1]) } })
    expect(batches[0]?.outcomes.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      'unknown r',
      'unknown r',
      'unknown r',
    ])
    const [whole] = await ledger.batches(scope, [items[1], 'batch#none'])
    expect(whole?.deliveries.map(({ idNumber }) => idNumber)).toEqual(['ID10', 'ID11', 'ID12'])
  })

  test('unknown mails are resent on the revision that was read, and this is recorded', async () => {
    const { scope, items } = await planned()
    const [batch] = (await ports().ledger.batches(scope, [items[0]])) as [EmailBatch]
    expect(await ports().remedies.sendAgain({ ...batch, revision: 7 }, [1])).toBe('lost')
    expect(await ports().remedies.sendAgain(batch, [1])).toBe('written')
    expect(await ports().remedies.sendAgain(batch, [2])).toBe('lost')
    const [after] = (await ports().ledger.batches(scope, [items[0]])) as [EmailBatch]
    expect(after.deliveries.map(({ state }) => state)).toEqual(['unknown', 'pending', 'unknown'])
    expect([after.revision, after.sentAgain]).toEqual([2, new Set([1])])
    const settled = { ...after, revision: 3, deliveries: batch.deliveries }
    expect(await ports().batches.write([settled])).toBe('written')
    expect(await ports().ledger.batches(scope, [items[0]])).toMatchObject([{ sentAgain: new Set([1]) }])
  })

  test('the latest reason for waiting is in the plan, and is not written without a plan', async () => {
    const { releaseId } = await planned()
    const { ledger, deferrals } = ports()
    const wait = { reason: 'daily-quota', since: at, until: epochMilliseconds(at + 900_000) } as const
    await deferrals.note(releaseId, { ...wait, reason: 'call-refused' })
    await deferrals.note(releaseId, wait)
    expect(await ledger.plan(releaseId)).toMatchObject({ lanes: 2, wait })
    await deferrals.note('no-such-release', wait)
    expect(await ledger.plan('no-such-release')).toBeUndefined()
  })

  test('mail health is counted over lanes since the last reset by an operator, and a stop reaches every sender', async () => {
    const { releaseId, scope, items } = await planned()
    const { feedback, remedies, obstacles, sendRate } = ports()
    const other = emailScope(releaseId, 0)
    const [item] = items
    const [batch] = (await ports().ledger.batches(scope, [item])) as [EmailBatch]
    const to = { shardIndex: 0, cursor: '', waves: 1, planned: 3, left: {}, isDone: true }
    await ports().plans.record(other, { from: undefined, to, batches: [{ ...batch, scope: other, revision: 0 }] })
    const told = async (of: string, positions: number[], failed: Partial<FailedMails> = {}) => {
      const added = await feedback.add(of, item, { sent: new Set(positions), ...failed })
      await feedback.count({ scope: of, item }, added as AddedFeedback)
    }
    await told(other, [0, 1, 2])
    await told(scope, [0, 1, 2], { bounced: new Set([0, 1]), complained: new Set([1]) })
    expect(await feedback.health(releaseId)).toMatchObject({ told: 6, bounced: 2, complained: 1 })
    expect([await feedback.stop(releaseId), await feedback.stop(releaseId)]).toEqual([true, false])
    expect((await sendRate.take(1, Date.now())).stopped).toContain(releaseId)
    expect(await obstacles(releaseId)).toMatchObject({ isStopped: true })
    expect([await remedies.goOn(releaseId), await remedies.goOn(releaseId)]).toEqual(['went-on', 'was-not-stopped'])
    expect((await sendRate.take(1, Date.now())).stopped).not.toContain(releaseId)
    expect(await feedback.health(releaseId)).toMatchObject({ told: 0, bounced: 0, complained: 0 })
    await told(other, [2], { bounced: new Set([2]) })
    expect(await feedback.health(releaseId)).toMatchObject({ told: 0, bounced: 1, complained: 0 })
  })
}

describe('in memory', () => {
  const deliveries = inMemoryDeliveries()
  const sendRate = inMemorySendRate()
  const told = inMemoryEmailLedger(deliveries, sendRate)
  const ports = () => ({ plans: deliveries, batches: deliveries, deferrals: deliveries, sendRate, ...told })
  ledgerContract(ports)
  countingContract(ports)
})

describe('in DynamoDB', () => {
  let tables: TestTables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables?.stop())

  const portsOver = ({ client, tableNames }: TestTables): Ports => {
    return {
      plans: dynamoResultEmailPlans(client, tableNames.deliveries),
      batches: dynamoEmailBatches(client, tableNames.deliveries),
      feedback: dynamoEmailFeedback(client, tableNames.deliveries),
      ledger: dynamoEmailLedger(client, tableNames.deliveries),
      remedies: dynamoEmailRemedies(client, tableNames),
      obstacles: dynamoEmailObstacles(client, tableNames.deliveries),
      sendRate: dynamoSendRate(client, tableNames.deliveries),
      deferrals: dynamoMailDeferrals(client, tableNames.deliveries),
    }
  }
  ledgerContract(() => portsOver(tables))
  countingContract(() => portsOver(tables))
  describe('whose every response is lost, so that each request comes twice', () => {
    let lossy: TestTables
    beforeAll(() => {
      lossy = withLostResponses(tables)
    })
    afterAll(() => lossy.client.destroy())
    countingContract(() => portsOver(lossy))
  })

  test('only the bounced address is marked', async () => {
    const { client, tableNames } = tables
    const addresses = dynamoMailedAddresses(client, tableNames.accounts)
    const account = sampleAccount({ idNumber: 'BOUNCE01', email: 'gone@example.org' })
    await client.send(new PutCommand({ TableName: tableNames.accounts, Item: account }))
    const stored = async () => {
      const key = { TableName: tableNames.accounts, Key: { idNumber: 'BOUNCE01' } }
      return (await client.send(new GetCommand(key))).Item
    }
    await addresses.mark('BOUNCE01', 'bounced', () => false)
    await addresses.mark('NOBODY01', 'bounced', () => true)
    expect(await stored()).toEqual(account)
    await addresses.mark('BOUNCE01', 'bounced', (address) => address === 'gone@example.org')
    await addresses.mark('BOUNCE01', 'complained', (address) => address === 'gone@example.org')
    expect(await stored()).toMatchObject({ emailBounced: true, emailComplained: true })
  })

  test('alarms have their newest state, in whatever order their changes arrive', async () => {
    const { client, tableNames } = tables
    const alarms = dynamoMailAlarms(client, tableNames.deliveries)
    const isOn = async () => (await dynamoSendRate(client, tableNames.deliveries).take(1, Date.now())).alarms
    expect(await alarms.note('api-slow', true, 1_000)).toBe('noted')
    expect(await alarms.note('api-errors', true, 1_000)).toBe('noted')
    expect((await isOn()).toSorted()).toEqual(['api-errors', 'api-slow'])
    expect(await alarms.note('api-slow', false, 2_000)).toBe('noted')
    expect(await alarms.note('api-slow', true, 1_500)).toBe('superseded')
    expect(await isOn()).toEqual(['api-errors'])
    expect(await alarms.note('api-errors', false, 3_000)).toBe('noted')
    expect(await isOn()).toEqual([])
  })

  test('a late candidate’s batch is added once, on the conditions on the account', async () => {
    const { client, tableNames } = tables
    const account = sampleAccount({ idNumber: 'LATE0001', session: 's' })
    await client.send(new PutCommand({ TableName: tableNames.accounts, Item: account }))
    const accounts = dynamoChoosingAccounts(client, tableNames.accounts)
    const { idNumber, session, emailOptIn, language } = account
    expect(await accounts.find('LATE0001')).toEqual({ idNumber, session, emailOptIn, language })
    expect(await accounts.find('NOBODY01')).toBeUndefined()
    const batch: EmailBatch = {
      ...{
        scope: emailScope(randomUUID(), 0),
        item: lateItem('event'),
        releaseId: 'r',
        session,
        language,
        revision: 0,
      },
      deliveries: [{ idNumber, state: 'pending' }],
    }
    const late = dynamoLateEmails(client, tableNames.deliveries)
    await late.add(batch)
    await late.add({ ...batch, language: 'de' })
    expect(await dynamoEmailBatches(client, tableNames.deliveries).inWave(batch.scope, batch.item)).toEqual([batch])
  })

  test('an event names its candidate as long as it is kept, and an operator’s action has an audit line', async () => {
    const { client, tableNames } = tables
    const event = { eventId: randomUUID(), type: 'password-changed', detail: { version: 1, idNumber: 'ID1' } } as const
    await client.send(new PutCommand(putOutboxRow(tableNames.outbox, event, at).Put as never))
    const events = dynamoPublishedEvents(client, tableNames.outbox)
    expect([await events.subjectOf(event.eventId), await events.subjectOf('gone')]).toEqual(['ID1', undefined])
    const entry = { subject: 'release/s', at, id: 'id', by: 'olga', action: 'mails-resumed', details: {} }
    await dynamoEmailRemedies(client, tableNames).audit(entry)
    await expect(dynamoEmailRemedies(client, tableNames).audit(entry)).rejects.toThrow()
  })
})
