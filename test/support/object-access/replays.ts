import type { Example } from '../api-calls/examples.ts'
import type { RawHttp, RawRequest, RawResponse } from '../api-calls/raw-http.ts'
import { type DescribedOperation, describedOperations, withQuery } from '../api-calls/requests.ts'
import { type Identifier, identifiersIn } from './identifiers.ts'
import { isMeantFor, type Principal, requestBy, viewsOf } from './principals.ts'

/** A request by one user with another user's identifier. */
interface Replay {
  readonly operation: DescribedOperation
  readonly request: RawRequest
  readonly value: string
  readonly place: string
}

export interface ReplayReport {
  readonly calls: number
  /** The successful attacks, as sentences. */
  readonly successes: readonly string[]
}

export interface ReplayOptions {
  /** Identifiers that must not be shown to them. */
  readonly foreign: readonly Identifier[]
  /** Users whose data must not change. */
  readonly owners: readonly Principal[]
  /** Whether each place gets a separate request, or one request has the identifier in all places. */
  readonly places: 'one-by-one' | 'all-at-once'
  /** All by default. */
  readonly operations?: readonly DescribedOperation[]
}

/**
 * Sends every identifier in every place of every operation, as a user to whom it does not belong. An attack succeeds if
 * an operation accepts an unauthorized caller, if a response contains another foreign identifier, or if the owners'
 * data has changed.
 */
export const replayAll = async (
  http: RawHttp,
  principal: Principal,
  identifiers: readonly Identifier[],
  { foreign, owners, places, operations = describedOperations }: ReplayOptions,
): Promise<ReplayReport> => {
  const before = await viewsBy(http, owners)
  const replays = operations.flatMap((operation) =>
    identifiers.flatMap(({ value }) => replaysOf(principal, operation, value, places)),
  )
  const successes: string[] = []
  const queue = replays.values()
  const work = async () => {
    for (const replay of queue) {
      const answer = await http.send(replay.request)
      const success = await successOf(principal, replay, answer, foreign)
      const { operation, place, value } = replay
      if (success) successes.push(`${principal.name}, ${operation.name}, ${JSON.stringify(value)} ${place}: ${success}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  const after = await viewsBy(http, owners)
  const changed = [...before].filter(([view, seen]) => after.get(view) !== seen)
  return {
    calls: replays.length,
    successes: [...successes, ...changed.map(([view]) => `${principal.name} has changed what is seen: ${view}`)],
  }
}

const replaysOf = (
  principal: Principal,
  operation: DescribedOperation,
  value: string,
  wanted: ReplayOptions['places'],
): Replay[] => {
  // Changes by operators to any session are allowed; only what is shown is checked here.
  if (principal.mayCall === 'operator' && operation.access === 'operator' && operation.method !== 'GET') return []
  // Public operations get no credentials, so one stranger is enough.
  if (principal.mayCall === undefined && operation.access === 'public' && principal.name !== 'nobody') return []
  const example = principal.example(operation)
  const inPath = operation.pathParameters.map((name) => ({
    place: `in the path's ${name}`,
    changes: { pathParameters: { ...example.pathParameters, [name]: value } },
  }))
  const inBody = operation.fields
    .filter(({ schema }) => schema.type === 'string')
    .map(({ name }) => ({ place: `in the body's ${name}`, changes: { body: { ...example.body, [name]: value } } }))
  const everywhere = {
    place: 'everywhere',
    changes: {
      ...(operation.pathParameters.length > 0 && {
        pathParameters: Object.fromEntries(operation.pathParameters.map((name) => [name, value])),
      }),
      ...(example.body && {
        body: { ...example.body, ...Object.assign({}, ...inBody.map(({ changes }) => only(changes, value))) },
      }),
    },
    isBeside: true,
  }
  const places: readonly { place: string; changes: Example; isBeside?: boolean }[] =
    isMeantFor(principal, operation) && wanted === 'one-by-one'
      ? [...inPath, ...inBody, { place: 'beside the request', changes: {}, isBeside: true }]
      : [everywhere]
  return places.map(({ place, changes, isBeside }) => {
    const request = requestBy(principal, operation, changes)
    return { operation, place, value, request: isBeside ? withBeside(request, value) : request }
  })
}

const only = ({ body }: { body: Readonly<Record<string, unknown>> }, value: string) =>
  Object.fromEntries(Object.entries(body).filter(([, one]) => one === value))

/** Query parameters, headers and cookies that a careless route might read. */
const withBeside = (request: RawRequest, value: string): RawRequest => {
  const names = ['idNumber', 'session', 'importId', 'candidate', 'account', 'user', 'id']
  const encoded = encodeURIComponent(value)
  return {
    ...request,
    path: withQuery(request.path, names.map((name) => `${name}=${encoded}`).join('&')),
    headers: {
      ...request.headers,
      ...Object.fromEntries(['x-id-number', 'x-session', 'x-user', 'x-operator'].map((name) => [name, encoded])),
      cookie: [request.headers.cookie, `idNumber=${encoded}`, `session=${encoded}`].filter(Boolean).join('; '),
    },
  }
}

const successOf = async (
  principal: Principal,
  { operation, value }: Replay,
  answer: RawResponse,
  foreign: readonly Identifier[],
): Promise<string | undefined> => {
  if (!isMeantFor(principal, operation) && ![401, 403].includes(answer.status)) return `answered ${answer.status}`
  const all = await identifiersIn(answer)
  // The address that they entered themselves.
  const told = new Set(all.filter(({ kind }) => kind !== 'pendingEmail').map((identifier) => identifier.value))
  const leaked = foreign.find((identifier) => identifier.value !== value && told.has(identifier.value))
  return leaked && `answered ${answer.status} with ${leaked.kind} ${JSON.stringify(leaked.value)}`
}

/** The owners' view of their own data, by owner and operation; without what changes by reading. */
const viewsBy = async (http: RawHttp, owners: readonly Principal[]): Promise<ReadonlyMap<string, string>> => {
  const views = new Map<string, string>()
  for (const owner of owners) {
    for (const operation of viewsOf(owner)) {
      const answer = await http.send(requestBy(owner, operation))
      const seen =
        answer.bytes && String(answer.headers['content-type']).includes('pdf')
          ? answer.bytes.toString('base64')
          : answer.text
      const lasting = seen.replaceAll(/"(exportedAt|begunAt|endsAt|requestId)":"[^"]*"/g, '')
      views.set(`${owner.name}, ${operation.name}`, `${answer.status} ${lasting}`)
    }
  }
  return views
}
