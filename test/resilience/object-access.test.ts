import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { RawHttp, RawRequest } from '../support/api-calls/raw-http.ts'
import { describedOperations } from '../support/api-calls/requests.ts'
import { openTestUsers, type TestUsers } from '../support/object-access/test-users.ts'

/**
 * Identifiers that the API shows to a user, replayed on every operation by every other user: nobody gets access to data of
 * others (G8). Operations, fields and identifiers come from the contract and the responses; here one identifier of each
 * kind is tried, in the nightly run several.
 */
let cast: TestUsers

beforeAll(async () => {
  cast = await openTestUsers()
}, 300_000)
afterAll(() => cast?.stop())

test('the responses contain identifiers to replay: numbers, sessions, imports, releases, tokens, addresses, requests', () => {
  const told = new Set(cast.foreignTo(cast.people[0]).map(({ kind }) => kind))
  const kinds = [
    'idNumber',
    'session',
    'importId',
    'releaseId',
    'manifest',
    'cookie',
    'email',
    'requestId',
    'statement',
  ]
  expect(kinds.filter((kind) => !told.has(kind))).toEqual([])
})

describe('data of others is not accessible', () => {
  test.each([
    ['by a candidate of the same session, in each place', 1, 'one-by-one'],
    ['by a candidate of another session', 2, 'all-at-once'],
    ['by a candidate whose things the others look for', 0, 'all-at-once'],
    ['by an operator, on what candidates and operators look at', 3, 'all-at-once'],
  ] as const)('%s', async (_who, index, places) => {
    const { calls, successes } = await cast.replay(cast.people[index], { ofEachKind: 1, places })
    expect(successes).toEqual([])
    expect(calls).toBeGreaterThan(100)
  })

  test('to strangers: no credentials, forged and tampered cookies, operators without a signature', async () => {
    for (const stranger of cast.strangers) {
      const { calls, successes } = await cast.replay(stranger, { ofEachKind: 1, places: 'all-at-once' })
      expect(successes).toEqual([])
      expect(calls).toBeGreaterThan(100)
    }
  })
})

describe('the replay notices a route', () => {
  const named = (...names: string[]) => describedOperations.filter(({ name }) => names.includes(name))
  const victimsId = () => cast.fixture.registrations[0]?.idNumber ?? ''
  const asVictim = (request: RawRequest) => ({
    ...request,
    path: request.path.replace(victimsId(), 'calls-released'),
    headers: { ...request.headers, cookie: cast.fixture.cookies[0] ?? '' },
  })
  /** What the thief gets at where some requests are answered as if they were others. */
  const got = async (instead: (request: RawRequest) => RawRequest, operations: ReturnType<typeof named>) => {
    const over: RawHttp = { ...cast.http, send: (request) => cast.http.send(instead(request)) }
    const { successes } = await cast.replay(cast.people[1], { ofEachKind: 1, places: 'one-by-one', over, operations })
    return successes.join('\n')
  }

  test.each([
    ['that trusts an ID in the query', ({ path }: RawRequest) => /\/me\?.*idNumber=(\w+)/.exec(path)?.[1]],
    [
      'that trusts an ID in a header',
      ({ path, headers }: RawRequest) => (path.includes('/me/export') ? headers['x-id-number'] : undefined),
    ],
    ['that trusts an ID in the path', ({ path }: RawRequest) => /\/results\/(\w+)\/statement.pdf/.exec(path)?.[1]],
  ])('%s', async (_title, idIn) => {
    const trusting = (request: RawRequest) => (idIn(request) === victimsId() ? asVictim(request) : request)
    expect(await got(trusting, named('showAccount', 'exportAccount', 'showStatement'))).toContain(victimsId())
  })

  test('that changes data of another user', async () => {
    const trusting = (request: RawRequest) =>
      request.headers['x-id-number'] === victimsId()
        ? { ...asVictim(request), body: JSON.stringify({ language: 'it' }) }
        : request
    expect(await got(trusting, named('changeAccount'))).toContain('has changed what is seen: candidate 0, showAccount')
  })

  test('of operators without a signature', async () => {
    const open = (request: RawRequest) =>
      request.path.includes('/ops/imports/')
        ? { ...request, headers: { ...request.headers, ...cast.people[3].credentials } }
        : request
    expect(await got(open, named('showImport'))).toMatch(/showImport.*answered (200|404)/)
  })
})
