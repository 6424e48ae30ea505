import { type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { applyRetention } from '../../../functions/privacy/apply-retention/apply-retention.ts'
import { dynamoAccountEmails } from '../../../shared/adapters/dynamo/account-emails.ts'
import { putAuditEntry } from '../../../shared/adapters/dynamo/audit.ts'
import { dynamoCandidateRecords } from '../../../shared/adapters/dynamo/candidate-records.ts'
import { dynamoRetainedRecords } from '../../../shared/adapters/dynamo/retained-records.ts'
import { transact } from '../../../shared/adapters/dynamo/transact.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../../shared/adapters/node/keyed-hash.ts'
import { emailScope } from '../../../shared/domain/email-batch.ts'
import { sessionShardOf } from '../../../shared/domain/identifiers.ts'
import { day, type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { RetainedRecords, RetentionClass } from '../../../shared/ports/retained-records.ts'
import { deleteCandidate } from '../../../shared/protocols/delete-candidate.ts'
import { manualClock } from '../../support/clock.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { sampleEntry } from '../../support/samples.ts'

/** Everything that is kept goes once it has been kept for as long as its class may be, and not before; on a real engine. */
jest.setTimeout(120_000)

const clock = manualClock('2026-11-23T09:00:00.000Z')
const days = { candidateDays: 120, releaseDays: 180, accountMailDays: 100, importDays: 150, auditDays: 400 }
const limits: Readonly<Record<RetentionClass, number>> = {
  accountMails: days.accountMailDays,
  audit: days.auditDays,
  imports: days.importDays,
  releases: days.releaseDays,
}
const nothing: RetainedRecords = { removeBefore: async () => ({ deleted: 0, isComplete: true }) }

let tables: TestTables
beforeEach(async () => {
  await tables?.stop()
  tables = await startTables()
}, 60_000)
afterAll(() => tables?.stop())

const put = (table: keyof TestTables['tableNames'], Item: object) =>
  tables.client.send(new PutCommand({ TableName: tables.tableNames[table], Item }))

/** One of each class, marked, as it was so many days and a moment ago. */
const keptSince = async (mark: string, at: EpochMilliseconds) => {
  await dynamoAccountEmails(tables.client, tables.tableNames.deliveries).claim({
    eventId: `mail-${mark}`,
    kind: 'account-locked',
    attempt: 'a',
    claimedAt: at,
    delivery: { idNumber: 'ABC12345', state: 'claimed' },
  })
  const line = { subject: `import/${mark}`, at, id: randomIds(), by: 'olga', action: 'import-started', details: {} }
  await transact(tables.client, [putAuditEntry(tables.tableNames.audit, line)])
  await put('imports', { importId: `import-${mark}`, kind: 'entries', state: 'applied', createdAt: at })
  const release = { session: `session-${mark}`, releaseId: `release-${mark}` }
  await put('releases', { ...release, state: 'released', releaseAt: at, releasedAt: at })
  await put('openings', { ...release, releasedAt: at })
  await put('corrections', { session: release.session, releaseId: `correction-${mark}`, state: 'released' })
  for (const releaseId of [release.releaseId, `correction-${mark}`]) {
    await put('deliveries', { scope: releaseId, item: 'plan' })
  }
  for (const releaseId of [release.releaseId, `replaced-${mark}`]) {
    await put('deliveries', { scope: emailScope(releaseId, 3), item: 'progress' })
    await put('deliveries', { ...release, scope: emailScope(releaseId, 3), item: 'batch#000001-en-00', releaseId })
  }
}

/** Rows of everything that is aged, by the mark that they hold, and of candidates. */
const rowsWith = async (mark: string) => {
  const found: Record<string, number> = {}
  for (const [name, TableName] of Object.entries(tables.tableNames)) {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName, ConsistentRead: true }))
    const count = Items.filter((row) => JSON.stringify(row).includes(mark)).length
    if (count > 0) found[name] = count
  }
  return found
}
const whole = { audit: 1, corrections: 1, deliveries: 7, imports: 1, openings: 1, releases: 1 }

const run = (
  aged: Partial<Record<RetentionClass, RetainedRecords>> = {},
  client: DynamoDBDocumentClient = tables.client,
) => {
  const records = dynamoCandidateRecords(client, tables.tableNames)
  const pseudonymHash = hmacKeyedHash(async () => 'a key of the tests')
  return applyRetention({
    records,
    deleteCandidate: deleteCandidate({ records, pseudonymHash, clock, newId: randomIds }),
    aged: { ...dynamoRetainedRecords(client, tables.tableNames), ...aged },
    clock,
  })(days)
}

/** Everything a little older than its class may be. */
const tooOld = async (mark: string) => {
  const oldest = Math.max(...Object.values(limits))
  await keptSince(mark, later(clock.now(), -oldest * day - 1))
}

describe('the daily run', () => {
  test('deletes everything older than the limit of its class, and nothing else', async () => {
    await tooOld('OLD')
    await keptSince('YOUNG', later(clock.now(), -99 * day))
    const counts = Object.fromEntries((await run()).map(({ kind, deleted }) => [kind, deleted]))
    expect(counts).toEqual({ accountMails: 1, audit: 1, imports: 1, releases: 1, candidates: 0 })
    expect(await rowsWith('OLD')).toEqual({})
    expect(await rowsWith('YOUNG')).toEqual(whole)
    expect((await run()).map(({ deleted }) => deleted)).toEqual([0, 0, 0, 0, 0])
  })

  test.each<[RetentionClass, object]>([
    ['accountMails', { deliveries: 1 }],
    ['audit', { audit: 1 }],
    ['imports', { imports: 1 }],
    ['releases', { corrections: 1, deliveries: 6, openings: 1, releases: 1 }],
  ])('leaves what the same search finds where it forgets %s (negative control)', async (forgotten, found) => {
    await tooOld('OLD')
    await run({ [forgotten]: nothing })
    expect(await rowsWith('OLD')).toEqual(found)
  })

  test.each(Object.entries(limits) as [RetentionClass, number][])(
    'keeps %s for %i days to the millisecond',
    async (kind, limit) => {
      await keptSince('LAST', later(clock.now(), -limit * day))
      const only = Object.fromEntries(Object.keys(limits).map((other) => [other, nothing]))
      const one = dynamoRetainedRecords(tables.client, tables.tableNames)[kind]
      await run({ ...only, [kind]: one })
      expect(await rowsWith('LAST')).toEqual(whole)
      clock.advance(1)
      await run({ ...only, [kind]: one })
      expect(await rowsWith('LAST')).not.toEqual(whole)
    },
  )
})

describe('records that others still need', () => {
  const entry = (changes: object) => {
    const made = sampleEntry({ idNumber: 'ABC12345', session: 'session-OLD', ...changes })
    return { ...made, secretNumberKey: 'import-OLD/attempt-1' }
  }

  test('an import stays until its last entry is deleted: it has the key of their Secret numbers', async () => {
    await tooOld('OLD')
    await put('entries', entry({ dateTaken: '2026-11-14' }))
    await run()
    expect(await rowsWith('import-OLD')).toMatchObject({ imports: 1 })
    await put('entries', entry({ dateTaken: '2020-01-01' }))
    await run()
    await run()
    expect(await rowsWith('import-OLD')).toEqual({})
  })

  test('a release stays as long as a result that it made visible', async () => {
    await tooOld('OLD')
    const sessionShard = sessionShardOf('session-OLD', 'ABC12345')
    await put('results', { idNumber: 'ABC12345', version: 1, session: 'session-OLD', sessionShard })
    await put('entries', entry({ dateTaken: '2026-11-14' }))
    await run()
    expect(await rowsWith('session-OLD')).toMatchObject({ openings: 1, releases: 1, deliveries: 2 })
    await put('entries', entry({ dateTaken: '2020-01-01' }))
    await run()
    await run()
    expect(await rowsWith('session-OLD')).toEqual({})
  })

  test('an import that is being applied stays', async () => {
    const at = later(clock.now(), -1_000 * day)
    await put('imports', { importId: 'import-OLD', kind: 'results', state: 'applying', createdAt: at })
    await put('imports', { importId: 'lease#results', holder: 'import-OLD', isApplying: true })
    await run()
    expect(await rowsWith('import-OLD')).toEqual({ imports: 2 })
  })
})

describe('a killed run', () => {
  test('at any deletion leaves a state that the next run completes', async () => {
    for (let at = 1; at <= 14; at++) {
      await tooOld('OLD')
      let left = at
      const { client } = tables
      const send = async (command: { constructor: { name: string } }) => {
        if (command.constructor.name === 'DeleteCommand' && left-- === 0) throw new Error('killed')
        return client.send(command as never)
      }
      await run({}, Object.assign(Object.create(client), { send })).catch(() => undefined)
      await run()
      expect(await rowsWith('OLD')).toEqual({})
    }
  })
})
