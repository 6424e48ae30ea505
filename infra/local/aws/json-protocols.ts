import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { AwsFault } from './aws-fault.ts'
import type { Authorize, Operations, Service, ServiceCall } from './service.ts'

/** A service with the AWS JSON 1.0 or 1.1 protocol: the operation is in `X-Amz-Target`, the input in the body. */
export const jsonService = (options: {
  readonly name: string
  readonly version: '1.0' | '1.1'
  readonly unknownCaller?: string
  readonly operations: Operations
  readonly authorize: Authorize
}): Service => {
  const { name, version, operations, authorize } = options
  const contentType = `application/x-amz-json-${version}`
  return {
    unknownCaller: options.unknownCaller ?? 'UnrecognizedClientException',
    async handle({ request, response, principal }) {
      const operation = targetOf(request)
      const input = await jsonBody(request)
      const run = operations[operation]
      if (!run) throw unknownOperation(name, operation)
      authorize(name, operation, input, principal)
      const output = (await run(input as never, principal)) ?? {}
      send(response, 200, { 'content-type': contentType }, JSON.stringify(output))
    },
    refuse(response, { code, message, status }) {
      send(response, status, { 'content-type': contentType }, JSON.stringify({ __type: code, message }))
    },
  }
}

/** One operation of a REST service: `{name}` in the path becomes the input's `name`. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly operation: string
}

/** A service with the AWS REST JSON protocol: the input comes from path, query and body. */
export const restJsonService = (options: {
  readonly name: string
  readonly routes: readonly Route[]
  /** Input members by query parameter. */
  readonly queryMembers?: Readonly<Record<string, string>>
  readonly operations: Operations
  readonly authorize: Authorize
}): Service => {
  const routes = options.routes.map((route) => ({ ...route, pattern: pathPattern(route.path) }))
  return {
    unknownCaller: 'UnrecognizedClientException',
    async handle({ request, response, principal, url }) {
      const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname))
      const run = route && options.operations[route.operation]
      if (!run) throw unknownOperation(options.name, `${request.method} ${url.pathname}`)
      const input = {
        ...(await jsonBody(request)),
        ...queryInput(url, options.queryMembers ?? {}),
        ...decoded(route.pattern.exec(url.pathname)?.groups ?? {}),
      }
      options.authorize(options.name, route.operation, input, principal)
      const output = (await run(input as never, principal)) ?? {}
      send(response, 200, { 'content-type': 'application/json' }, JSON.stringify(output))
    },
    refuse(response, { code, message, status }) {
      const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code }
      send(response, status, headers, JSON.stringify({ message, Message: message }))
    },
  }
}

/** The operation of a JSON request, from `X-Amz-Target`. */
export const targetOf = (request: IncomingMessage): string =>
  String(request.headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1) ?? ''

export const unknownOperation = (service: string, operation: string): AwsFault =>
  new AwsFault('UnknownOperationException', `the local run does not support ${service}: ${operation}`)

/** Parses the body as a JSON object; an empty body is an empty object. */
export const parseJson = (body: Buffer): Record<string, unknown> => {
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>
  } catch {
    throw new AwsFault('SerializationException', 'the body is no JSON')
  }
}

/** Writes a complete response. */
export const send = (
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): void => {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  })
  response.end(body)
}

const jsonBody = async (request: ServiceCall['request']) => parseJson(await buffer(request))

const pathPattern = (path: string) => new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`)

const queryInput = (url: URL, members: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(members).flatMap(([parameter, member]) => {
      const value = url.searchParams.get(parameter)
      return value === null ? [] : [[member, value]]
    }),
  )

const decoded = (groups: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
