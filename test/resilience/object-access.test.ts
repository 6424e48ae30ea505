import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { describedOperations } from '../support/api-calls/requests.ts'
import { openWire, type Wire, type WireRequest } from '../support/api-calls/wire.ts'
import { populate, type World } from '../support/api-calls/world.ts'
import { type LocalService, startLocalService } from '../support/local-service.ts'
import { foreignTo as foreign, type Identifier, seenBy, someOfEachKind } from '../support/object-access/identifiers.ts'
import { candidate, operator, type Principal, strangers } from '../support/object-access/principals.ts'
import { type ReplayOptions, replayAll } from '../support/object-access/replays.ts'

/**
 * Every identifier that the API tells anybody, replayed on every operation of the contract by everybody else: nobody
 * gets at what is not theirs (G8). Operations, fields and identifiers are found in the contract and in the answers.
 */
let service: LocalService
let wire: Wire
let world: World
let people: readonly Principal[]
let publiclySeen: readonly Identifier[]
const seen = new Map<Principal, readonly Identifier[]>()

beforeAll(async () => {
  service = await startLocalService()
  world = await populate(service)
  wire = openWire(service.url, 8)
  // Two in one session that is released, one in another session, and an operator.
  people = [candidate(world, 0), candidate(world, 4), candidate(world, 1), operator(world, 'olga')]
  for (const person of people) seen.set(person, await seenBy(wire, person))
  const [nobody] = strangers(world) as [Principal]
  publiclySeen = await seenBy(wire, nobody)
}, 300_000)
afterAll(async () => {
  wire?.close()
  await service?.stop()
})

const foreignTo = (principal: Principal): Identifier[] =>
  foreign(
    seen.get(principal) ?? publiclySeen,
    people.filter((one) => one !== principal).map((one) => seen.get(one) ?? []),
  )

/** One of each kind of identifier that is told to somebody else, everywhere. */
const replay = async (
  principal: Principal,
  { over = wire, ...options }: { over?: Wire } & Pick<ReplayOptions, 'places' | 'operations'>,
) => {
  const identifiers = someOfEachKind(foreignTo(principal), 1)
  const report = await replayAll(over, principal, identifiers, {
    foreign: foreignTo(principal),
    owners: people.filter((one) => one !== principal),
    ...options,
  })
  process.stdout.write(`${principal.name}: ${report.calls} replays of ${identifiers.length} identifiers\n`)
  return report
}

test('the answers hold what can be replayed: numbers, sessions, imports, releases, tokens, addresses, requests', () => {
  const [first] = people as [Principal]
  const kinds = new Set(foreignTo(first).map(({ kind }) => kind))
  for (const kind of [
    'idNumber',
    'session',
    'importId',
    'releaseId',
    'manifest',
    'cookie',
    'email',
    'requestId',
    'statement',
  ]) {
    expect(kinds).toContain(kind)
  }
})

describe('nothing that belongs to others is got at', () => {
  test('by a candidate of the same session', () => expectNone(1, 'one-by-one'))
  test('by a candidate of another session', () => expectNone(2))
  test('by a candidate whose things are looked for by the others', () => expectNone(0))
  test('by an operator, on what candidates and operators look at', () => expectNone(3))

  const expectNone = async (index: number, places: ReplayOptions['places'] = 'all-at-once') => {
    const principal = people[index] as Principal
    const report = await replay(principal, { places })
    expect(report.successes).toEqual([])
    expect(report.calls).toBeGreaterThan(100)
  }

  test('by strangers: nobody, forged and tampered cookies, operators without a signature', async () => {
    for (const stranger of strangers(world)) {
      const report = await replay(stranger, { places: 'all-at-once' })
      expect(report.successes).toEqual([])
      expect(report.calls).toBeGreaterThan(100)
    }
  })
})

describe('the replay notices a route', () => {
  /** A service whose routes would act for whoever is named. */
  const trusting = (
    isTrusted: (request: WireRequest) => string | undefined,
    instead: (request: WireRequest) => WireRequest,
  ): Wire => ({
    ...wire,
    send: (request) => wire.send(isTrusted(request) === undefined ? request : instead(request)),
  })
  const [victim, thief] = [0, 1]
  const named = (...names: string[]) => describedOperations.filter(({ name }) => names.includes(name))
  const looks = named('showAccount', 'exportAccount', 'showStatement')
  const changes = named('changeAccount')
  const imports = named('showImport')
  const victimsId = () => world.registrations[victim]?.idNumber ?? ''
  const asVictim = (request: WireRequest) => ({
    ...request,
    path: request.path.replace(victimsId(), 'calls-released'),
    headers: { ...request.headers, cookie: world.cookies[victim] ?? '' },
  })

  test.each([
    ['that trusts an ID in the query', (request: WireRequest) => /\/me\?.*idNumber=(\w+)/.exec(request.path)?.[1]],
    [
      'that trusts an ID in a header',
      (request: WireRequest) => (/\/me\/export/.test(request.path) ? request.headers['x-id-number'] : undefined),
    ],
    [
      'that trusts an ID in the path',
      (request: WireRequest) => /\/results\/(\w+)\/statement.pdf/.exec(request.path)?.[1],
    ],
  ])('%s', async (_title, idIn) => {
    const broken = trusting((request) => (idIn(request) === victimsId() ? 'trusted' : undefined), asVictim)
    const { successes } = await replay(people[thief] as Principal, {
      over: broken,
      places: 'one-by-one',
      operations: looks,
    })
    expect(successes.join('\n')).toContain(victimsId())
  })

  test('that changes what is another’s', async () => {
    const broken = trusting(
      ({ method, headers }) => (method === 'PATCH' && headers['x-id-number'] === victimsId() ? 'trusted' : undefined),
      (request) => ({ ...asVictim(request), body: JSON.stringify({ language: 'it' }) }),
    )
    const { successes } = await replay(people[thief] as Principal, {
      over: broken,
      places: 'one-by-one',
      operations: changes,
    })
    expect(successes.join('\n')).toContain('has changed what is seen: candidate 0, showAccount')
  })

  test('of operators that asks for no signature', async () => {
    const broken = trusting(
      ({ path }) => (path.includes('/ops/imports/') ? 'trusted' : undefined),
      (request) => ({ ...request, headers: { ...request.headers, ...people[3]?.credentials } }),
    )
    const { successes } = await replay(people[thief] as Principal, {
      over: broken,
      places: 'all-at-once',
      operations: imports,
    })
    expect(successes.join('\n')).toMatch(/showImport.*answered (200|404)/)
  })
})
