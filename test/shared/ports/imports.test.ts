import { randomUUID } from 'node:crypto'
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoClaimableEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoImportedCentres } from '../../../shared/adapters/dynamo/imported-centres.ts'
import { dynamoImportedEntries } from '../../../shared/adapters/dynamo/imported-entries.ts'
import { dynamoImports, dynamoImportsUnderWay } from '../../../shared/adapters/dynamo/imports.ts'
import { dynamoResultHistory } from '../../../shared/adapters/dynamo/result-history.ts'
import { dynamoSessionEntries, dynamoSessionResults } from '../../../shared/adapters/dynamo/session-members.ts'
import { shardOf } from '../../../shared/domain/identifiers.ts'
import type { ImportRecord } from '../../../shared/domain/import.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { ImportedCentres, StoredCentre } from '../../../shared/ports/imported-centres.ts'
import type { ImportedEntries, NewEntry } from '../../../shared/ports/imported-entries.ts'
import type { ImportLease, Imports, ImportsUnderWay } from '../../../shared/ports/imports.ts'
import type { ImportedVersion, ResultHistory } from '../../../shared/ports/result-history.ts'
import type { SessionResults } from '../../../shared/ports/session-members.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { inMemoryImportedCentres } from '../../support/in-memory/imported-centres.ts'
import { inMemoryImportedEntries } from '../../support/in-memory/imported-entries.ts'
import { inMemoryImports } from '../../support/in-memory/imports.ts'
import { inMemoryResults } from '../../support/in-memory/results.ts'
import { sampleEntry } from '../../support/samples.ts'

const now = epochMilliseconds(1_000_000)
const later = epochMilliseconds(2_000_000)
const newId = () => randomUUID().slice(0, 8).toUpperCase()

const importsContract = (imports: () => Imports & ImportsUnderWay) => {
  // Turns are by kind: each test uses up and gives back the one of `entries`.
  const started = async (): Promise<ImportRecord> => {
    const importId = randomUUID()
    const record = {
      importId,
      kind: 'entries',
      state: 'waiting',
      by: 'olga',
      fileName: 'x.csv',
      createdAt: now,
    } as const
    const audit = {
      subject: `import/${importId}`,
      at: now,
      id: importId,
      by: 'olga',
      action: 'import-started',
      details: { kind: 'entries' },
    }
    await imports().create(record, audit)
    return record
  }
  const leaseOf = ({ importId }: ImportRecord, attempt = randomUUID() as string): ImportLease => ({
    fencingToken: 0,
    kind: 'entries',
    importId,
    attempt,
    until: later,
  })
  const end = { state: 'applied', rows: 3, accepted: 3, objectVersion: 'v1' } as const
  const found = {
    objectVersion: 'v1',
    sessions: ['s-1', 's-2'],
    rows: 3,
    totals: { rows: 3, sha256: 'f00', sessions: { 's-1': 2, 's-2': 1 }, exams: { 'b2-first': 3 } },
    changes: { added: 3, corrected: 0, unchanged: 0 },
  }

  test('an import is found as it was created; another id has none', async () => {
    const record = await started()
    expect(await imports().find(record.importId)).toMatchObject(record)
    expect(await imports().find('none')).toBeUndefined()
    expect(await imports().find('lease#entries')).toBeUndefined()
  })

  test('goes from waiting to applying to applied, each step with its data', async () => {
    const record = await started()
    const lease = leaseOf(record)
    expect(await imports().acquireLease(lease, now)).toBeDefined()
    await imports().startApplying(lease, found)
    expect(await imports().find(record.importId)).toMatchObject({ state: 'applying', ...found })
    await imports().keepDataKey(lease, new Uint8Array([1, 2, 3]))
    await imports().finish(lease, end)
    expect(await imports().find(record.importId)).toMatchObject(end)
    await imports().finish(lease, end)
    await expect(imports().startApplying(lease, found)).rejects.toThrow()
    await expect(imports().keepDataKey(lease, new Uint8Array())).rejects.toThrow()
  })

  test('one attempt at a time has the lease, until it releases it or it expires', async () => {
    const [one, two] = [leaseOf(await started()), leaseOf(await started())]
    expect(await imports().acquireLease(one, now)).toBeDefined()
    expect(await imports().acquireLease(one, now)).toBeDefined()
    expect(await imports().acquireLease(two, now)).toBeUndefined()
    expect(await imports().acquireLease({ ...one, attempt: 'another delivery' }, now)).toBeUndefined()
    expect(await imports().renewLease(two)).toBe('lost')
    expect(await imports().renewLease(one)).toBe('renewed')
    expect(await imports().acquireLease(two, later)).toBeDefined()
    expect(await imports().renewLease(one)).toBe('lost')
    await imports().releaseLease(one)
    expect(await imports().renewLease(two)).toBe('renewed')
    await imports().releaseLease(two)
    expect(await imports().acquireLease(one, now)).toBeDefined()
    await imports().releaseLease(one)
  })

  test('nobody but the same import gets the lease once rows are being written, however long ago that was', async () => {
    const [record, other] = [await started(), await started()]
    const first = leaseOf(record)
    await imports().acquireLease(first, now)
    await imports().startApplying(first, found)
    await imports().releaseLease(first)
    expect(await imports().acquireLease(leaseOf(other), later)).toBeUndefined()
    const second = leaseOf(record)
    expect(await imports().acquireLease(second, now)).toBeDefined()
    await expect(imports().startApplying(first, found)).rejects.toThrow()
    await imports().finish(second, end)
    const next = leaseOf(other)
    expect(await imports().acquireLease(next, now)).toBeDefined()
    await imports().finish(next, { ...end, state: 'refused', accepted: 0 })
    expect(await imports().find(other.importId)).toMatchObject({ state: 'refused', accepted: 0 })
  })

  test('is listed as running, and as abandoned once its lease has expired, until its end', async () => {
    const record = await started()
    const lease = leaseOf(record)
    await imports().acquireLease(lease, now)
    expect(await imports().changing('s-1')).toEqual([])
    expect(await imports().findAbandoned('entries', later)).toBeUndefined()
    await imports().startApplying(lease, found)
    expect(await imports().changing('s-1')).toMatchObject([{ importId: record.importId, kind: 'entries' }])
    expect(await imports().changing('s-3')).toEqual([])
    expect(await imports().findAbandoned('entries', now)).toBeUndefined()
    expect(await imports().findAbandoned('results', later)).toBeUndefined()
    expect(await imports().findAbandoned('entries', later)).toBe(record.importId)
    await imports().finish(lease, end)
    expect(await imports().changing('s-1')).toEqual([])
    expect(await imports().findAbandoned('entries', later)).toBeUndefined()
  })

  test('has its progress in the current phase', async () => {
    const record = await started()
    const lease = leaseOf(record)
    await imports().acquireLease(lease, now)
    const comparing = { phase: 'comparing', rows: 2, share: 0.5 } as const
    await imports().noteProgress(lease, comparing)
    expect((await imports().find(record.importId))?.progress).toEqual(comparing)
    await imports().startApplying(lease, found)
    expect((await imports().find(record.importId))?.progress).toEqual({ phase: 'applying', rows: 0, share: 0 })
    await expect(imports().noteProgress(lease, comparing)).rejects.toThrow()
    await imports().noteProgress(lease, { ...comparing, phase: 'applying' })
    await imports().finish(lease, end)
    await expect(imports().noteProgress(lease, { ...comparing, phase: 'applying' })).rejects.toThrow()
  })

  test('leases are numbered in their order, across imports and their ends', async () => {
    const numbers: number[] = []
    for (const record of [await started(), await started()]) {
      for (const attempt of ['first', 'second']) {
        const lease = await imports().acquireLease(leaseOf(record, attempt), now)
        numbers.push(lease?.fencingToken ?? 0)
        await imports().releaseLease(leaseOf(record, attempt))
      }
      const last = leaseOf(record, 'last')
      numbers.push((await imports().acquireLease(last, now))?.fencingToken ?? 0)
      await imports().startApplying(last, found)
      await imports().finish(last, end)
      expect(await imports().renewLease(last)).toBe('lost')
    }
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    expect(numbers).toHaveLength(6)
  })

  test('of twenty attempts at once one gets the lease', async () => {
    const record = await started()
    const leases = Array.from({ length: 20 }, () => leaseOf(record))
    const taken = await Promise.all(leases.map((lease) => imports().acquireLease(lease, now)))
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1)
    await imports().releaseLease(taken.find((lease) => lease !== undefined) as ImportLease)
  })
}

const newEntry = (idNumber: string, changes: Partial<NewEntry> = {}): NewEntry => ({
  ...sampleEntry({ idNumber }),
  secretHash: 'hash',
  fencingToken: 1,
  secretNumber: { key: 'import/attempt', ciphertext: 'base64' },
  ...changes,
})

const entriesContract = (entries: () => ImportedEntries) => {
  test('an entry is added once, and never overwritten', async () => {
    const idNumber = newId()
    expect(await entries().addAll([newEntry(idNumber)])).toEqual(new Set())
    const again = [newEntry(newId()), newEntry(idNumber, { secretHash: 'other' }), newEntry(newId())]
    expect(await entries().addAll(again)).toEqual(new Set([idNumber]))
    expect((await entries().find(again.map((entry) => entry.idNumber))).size).toBe(3)
    const stored = (await entries().find([idNumber, 'NOBODY'])).get(idNumber)
    expect(stored).toMatchObject({ ...sampleEntry({ idNumber }), secretHash: 'hash' })
    expect((await entries().find(['NOBODY'])).size).toBe(0)
  })

  test('names and centre are corrected if the entry is still as it was read', async () => {
    const idNumber = newId()
    const entry = newEntry(idNumber)
    await entries().addAll([entry])
    const corrected = { ...entry, givenName: 'Anna', centreNumber: 'IT001', fencingToken: 2 }
    for (const other of [{ secretHash: 'other' }, { session: 'other' }, { fencingToken: 0 }]) {
      expect(await entries().correct({ ...entry, ...other }, corrected)).toBe('changed')
    }
    expect(await entries().correct(entry, corrected)).toBe('corrected')
    // Again by the same lease, which did not hear of it; and by another one, which found it as it was before.
    expect(await entries().correct(entry, corrected)).toBe('corrected')
    for (const fencingToken of [1, 3]) {
      const other = { ...corrected, givenName: 'Anne', fencingToken }
      expect(await entries().correct(entry, other)).toBe('changed')
    }
    expect((await entries().find([idNumber])).get(idNumber)).toMatchObject({
      givenName: 'Anna',
      centreNumber: 'IT001',
      fencingToken: 2,
    })
    expect(await entries().correct(newEntry(newId()), corrected)).toBe('changed')
  })

  test('a session has the facts that its entries have in common', async () => {
    const session = `s-${newId().toLowerCase()}`
    expect(await entries().factsOf(session)).toBeUndefined()
    await entries().addAll([newEntry(newId(), { session, exam: 'a2-flyers', dateTaken: '2026-05-05', mode: 'paper' })])
    expect(await entries().factsOf(session)).toMatchObject({
      exam: 'a2-flyers',
      dateTaken: '2026-05-05',
      mode: 'paper',
    })
  })

  test('a hundred are read in one call', async () => {
    const ids = Array.from({ length: 100 }, newId)
    await entries().addAll(ids.map((id) => newEntry(id)))
    expect([...(await entries().find(ids)).keys()].toSorted()).toEqual(ids.toSorted())
  })
}

const version = (idNumber: string, changes: Partial<ImportedVersion> = {}): ImportedVersion => ({
  idNumber,
  version: 1,
  session: 's-1',
  state: 'final',
  payload: { grade: 'B', overallScore: 172.5, skills: [{ name: 'reading', score: 170 }] },
  digest: 'digest',
  fencingToken: 1,
  ...changes,
})

const resultsContract = (results: () => ResultHistory & SessionResults) => {
  test('a version is added once; the newest of each ID is found', async () => {
    const [one, two] = [newId(), newId()]
    expect(await results().addAll([version(one)])).toEqual(new Map())
    const more = [version(one, { digest: 'other' }), version(one, { version: 2, digest: 'second' }), version(two)]
    expect(await results().addAll(more)).toEqual(new Map([[one, 'digest']]))
    const newest = await results().newest([one, two, 'NOBODY'])
    expect(newest.size).toBe(2)
    expect(newest.get(one)).toMatchObject({ version: 2, digest: 'second', session: 's-1' })
    expect(newest.get(two)).toMatchObject({ version: 1 })
  })

  test('a session is read by shard: ascending by ID, the newest version of each, or all in a range of IDs', async () => {
    const session = `s-${newId().toLowerCase()}`
    const ids = Array.from({ length: 300 }, newId)
      .filter((id) => shardOf(id) === 5)
      .toSorted()
    for (const id of ids) {
      for (let number = 1; number <= 3; number++)
        await results().addAll([version(id, { session, version: number, digest: `d${number}` })])
    }
    const current: unknown[] = []
    for await (const { idNumber, version: number, digest, state } of results().currentInShard(session, 5)) {
      current.push([idNumber, number, digest, state])
    }
    expect(current).toEqual(ids.map((id) => [id, 3, 'd3', 'final']))
    const between = await results().versionsBetween(session, 5, ids[1] as string, ids[2] as string)
    expect(between.map(({ idNumber, version: number }) => `${idNumber} ${number}`).toSorted()).toEqual(
      [ids[1], ids[2]].flatMap((id) => [`${id} 1`, `${id} 2`, `${id} 3`]),
    )
    for await (const none of results().currentInShard(session, 6)) expect(none).toBeUndefined()
  })

  test('a seal is on exactly the version that was counted, and is in the index', async () => {
    const session = `s-${newId().toLowerCase()}`
    const idNumber = newId()
    await results().addAll([version(idNumber, { session })])
    const stamp = { releaseId: 'release-1', visibleFrom: later }
    await expect(results().seal({ idNumber, version: 1, digest: 'other' }, stamp)).rejects.toThrow()
    await expect(results().seal({ idNumber, version: 2, digest: 'digest' }, stamp)).rejects.toThrow()
    await results().seal({ idNumber, version: 1, digest: 'digest' }, stamp)
    await results().seal({ idNumber, version: 1, digest: 'digest' }, stamp)
    const [sealed] = await results().versionsBetween(session, shardOf(idNumber), idNumber, idNumber)
    expect(sealed).toMatchObject({ sealedFor: 'release-1', visibleFrom: later })
  })
}

const centresContract = (centres: () => ImportedCentres) => {
  const centre = (changes: Partial<StoredCentre> = {}): StoredCentre => ({
    centreNumber: newId(),
    name: 'Colegio Añil',
    country: 'ES',
    city: 'Sevilla',
    email: 'exams@colegio.example',
    phone: '',
    website: '',
    version: 1,
    fencingToken: 1,
    ...changes,
  })

  test('a centre replaces only the version that was read', async () => {
    const first = centre({ closedFrom: '2026-12-22' })
    const { centreNumber } = first
    expect(await centres().put(first)).toBe('put')
    expect(await centres().put(first)).toBe('present')
    expect((await centres().find([centreNumber, 'NONE'])).get(centreNumber)).toEqual(first)
    expect(await centres().put(centre({ centreNumber, version: 3 }))).toBe('present')
    const second = centre({ centreNumber, version: 2, name: 'New' })
    expect(await centres().put(second)).toBe('put')
    expect(await centres().put(second)).toBe('present')
    expect(await centres().find([centreNumber, 'NONE'])).toEqual(new Map([[centreNumber, second]]))
    expect(await centres().put(centre({ version: 2 }))).toBe('present')
  })
}

describe('in memory', () => {
  const [imports, entries, results] = [inMemoryImports(), inMemoryImportedEntries(), inMemoryResults()]
  const centres = inMemoryImportedCentres()
  describe('centres', () => centresContract(() => centres))
  describe('imports', () => importsContract(() => imports))
  describe('entries', () => entriesContract(() => entries))
  describe('results', () => resultsContract(() => results))
})

describe('in DynamoDB', () => {
  let tables: TestTables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables.stop())
  const { imports, entries, results } = {
    imports: () => ({
      ...dynamoImports(tables.client, tables.tableNames),
      ...dynamoImportsUnderWay(tables.client, tables.tableNames.imports),
    }),
    entries: () => dynamoImportedEntries(tables.client, tables.tableNames.entries),
    results: () => ({
      ...dynamoResultHistory(tables.client, tables.tableNames.results),
      ...dynamoSessionResults(tables.client, tables.tableNames.results),
    }),
  }
  describe('centres', () => centresContract(() => dynamoImportedCentres(tables.client, tables.tableNames.centres)))
  describe('imports', () => {
    importsContract(imports)

    test('have an audit line when they start', async () => {
      const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.tableNames.audit }))
      expect(Items[0]).toMatchObject({ by: 'olga', action: 'import-started', details: { kind: 'entries' } })
    })
  })
  describe('entries', () => {
    entriesContract(entries)

    test('can be registered, and are found in their session', async () => {
      const idNumber = newId()
      const session = `s-${newId().toLowerCase()}`
      await entries().addAll([newEntry(idNumber, { session })])
      const claimable = await dynamoClaimableEntries(tables.client, tables.tableNames.entries).find(idNumber)
      expect(claimable).toEqual({ entry: sampleEntry({ idNumber, session }), secretHash: 'hash' })
      const found = []
      for await (const entry of dynamoSessionEntries(tables.client, tables.tableNames.entries).inShard(
        session,
        shardOf(idNumber),
      ))
        found.push(entry)
      // What a plan looks at, and no Secret number.
      const { givenName, familyName, centreNumber } = sampleEntry()
      expect(found).toMatchObject([{ idNumber, givenName, familyName, centreNumber }])
      expect(Object.keys(found[0] ?? {}).filter((name) => /secret/i.test(name))).toEqual([])
      const { Item } = await tables.client.send(
        new GetCommand({ TableName: tables.tableNames.entries, Key: { idNumber } }),
      )
      expect(Item).toMatchObject({ secretNumberKey: 'import/attempt', secretNumberCiphertext: 'base64' })
    })
  })
  describe('results', () => resultsContract(results))
})
