import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoClaimableEntries, dynamoEntries } from '../../../shared/adapters/dynamo/entries.ts'
import { dynamoReleaseStates } from '../../../shared/adapters/dynamo/release-states.ts'
import { dynamoResults } from '../../../shared/adapters/dynamo/results.ts'
import type { TableName } from '../../../shared/contracts/tables.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { sampleEntry } from '../../support/samples.ts'

let tables: TestTables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables?.stop())

const put = (table: TableName, Item: Record<string, unknown>) =>
  tables.client.send(new PutCommand({ TableName: tables.tableNames[table], Item }))

describe('entries', () => {
  const stored = () => ({ ...sampleEntry(), secretHash: 'a hash', secretCiphertext: 'sealed', sessionShard: 's#00' })

  test('are read without their Secret numbers', async () => {
    await put('entries', stored())
    const entries = dynamoEntries(tables.client, tables.tableNames.entries)
    expect(await entries.find('ABC12345')).toEqual(sampleEntry())
    expect(await entries.find('NOBODY12')).toBeUndefined()
  })

  test('are read for the gate with the hash, never with the ciphertext', async () => {
    await put('entries', stored())
    const entries = dynamoClaimableEntries(tables.client, tables.tableNames.entries)
    expect(await entries.find('ABC12345')).toEqual({ entry: sampleEntry(), secretHash: 'a hash' })
    expect(await entries.find('NOBODY12')).toBeUndefined()
  })
})

describe('results', () => {
  test('are all versions of one candidate only', async () => {
    const versionOf = (idNumber: string, version: number) => ({ idNumber, version, session: 's', state: 'final' })
    for (const [id, version] of [
      ['ABC12345', 2],
      ['ABC12345', 1],
      ['ABC12346', 1],
    ] as const) {
      await put('results', versionOf(id, version))
    }
    const results = dynamoResults(tables.client, tables.tableNames.results)
    expect(await results.versionsOf('ABC12345')).toEqual([versionOf('ABC12345', 1), versionOf('ABC12345', 2)])
    expect(await results.versionsOf('NOBODY12')).toEqual([])
  })
})

describe('the state of a release', () => {
  const release = { session: 'session-1', releaseId: 'release-1', state: 'released' }
  const opening = { session: 'session-1', releaseId: 'release-1', releasedAt: 1 }
  const clock = { now: 0, wall: Date.parse('2026-12-01T09:00:00Z') }
  const clocks = { monotonicNow: () => clock.now, wallNow: () => clock.wall }
  const states = () => dynamoReleaseStates(tables.client, tables.tableNames, clocks)

  test('is read with its opening, only for this session', async () => {
    await put('releases', release)
    await put('releases', { ...release, session: 'session-2' })
    await put('openings', opening)
    expect(await states().of('session-1')).toEqual({ release, opening })
    expect(await states().of('session-2')).toEqual({
      release: { ...release, session: 'session-2' },
      opening: undefined,
    })
    expect(await states().of('session-3')).toEqual({ release: undefined, opening: undefined })
  })

  test('is cached for two seconds and no longer', async () => {
    await put('releases', release)
    const remembering = states()
    await remembering.of('session-1')
    await put('releases', { ...release, state: 'held' })
    clock.now = 1_999
    expect(await remembering.of('session-1')).toMatchObject({ release: { state: 'released' } })
    clock.now = 2_000
    expect(await remembering.of('session-1')).toMatchObject({ release: { state: 'held' } })
  })

  test('is read again after a clock change, and soon while its opening is due', async () => {
    await put('releases', { ...release, state: 'approved', releaseAt: clock.wall })
    const remembering = states()
    await remembering.of('session-1')
    await put('releases', { ...release, releaseAt: clock.wall })
    clock.now += 199
    expect(await remembering.of('session-1')).toMatchObject({ release: { state: 'approved' } })
    clock.now += 1
    expect(await remembering.of('session-1')).toMatchObject({ release: { state: 'released' } })

    await put('releases', { ...release, state: 'held' })
    clock.wall += 2_000
    expect(await remembering.of('session-1')).toMatchObject({ release: { state: 'held' } })
  })

  test('is read again after an error', async () => {
    const broken = { send: () => Promise.reject(new Error('no network')) }
    let client: unknown = broken
    const failing = dynamoReleaseStates(
      { send: (command: unknown) => (client as typeof tables.client).send(command as never) } as never,
      tables.tableNames,
      clocks,
    )
    await expect(failing.of('session-1')).rejects.toThrow('no network')
    client = tables.client
    expect(await failing.of('session-1')).toMatchObject({ release: { releaseId: 'release-1' } })
  })

  test('is read again if throttling left keys unprocessed, and finally reported as an error', async () => {
    let asked = 0
    const throttledTimes = (times: number) =>
      ({
        send: async () => (asked++ < times ? { UnprocessedKeys: { some: {} } } : { Responses: {} }),
      }) as never
    expect(await dynamoReleaseStates(throttledTimes(2), tables.tableNames).of('s')).toEqual({
      release: undefined,
      opening: undefined,
    })
    await expect(dynamoReleaseStates(throttledTimes(99), tables.tableNames).of('s')).rejects.toThrow(
      'could not be read',
    )
  })
})
