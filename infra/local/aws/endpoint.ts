import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LocalPrincipal } from '../types.ts'
import { AwsFault } from './aws-fault.ts'
import type { Service, ServiceCall } from './service.ts'

/** The one place that all AWS calls of the local run arrive at. */
export interface Endpoint {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Listens on loopback alone. The service is what the call was signed for, the caller whoever the access key belongs
 * to; signatures aren't checked, since the secrets would be ours as well.
 */
export const startEndpoint = async (options: {
  /** By the name that requests are signed for, such as `dynamodb`. */
  readonly services: Readonly<Record<string, Service>>
  readonly principals: ReadonlyMap<string, LocalPrincipal>
  readonly port?: number
  /** Has the service handle the call, or has something go wrong with it. */
  readonly intercept?: (name: string, service: Service, call: ServiceCall) => Promise<void>
  readonly log: (line: string) => void
}): Promise<Endpoint> => {
  const { services, principals, intercept, log } = options

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const { accessKey, service: name } = credentialScope(request, url)
    const service = services[name]
    if (!service) {
      log(`AWS endpoint: nothing here answers for the service '${name}' (${request.method} ${url.pathname})`)
      response.writeHead(400).end()
      return
    }
    try {
      const principal = principals.get(accessKey)
      if (!principal) {
        throw new AwsFault(service.unknownCaller, 'The security token included in the request is invalid.', 403)
      }
      const call = { principal, request, response, url }
      await (intercept ? intercept(name, service, call) : service.handle(call))
    } catch (error) {
      if (response.headersSent) response.destroy()
      else service.refuse(response, asFault(error, log))
    }
  }

  const server = createServer((request, response) => void answer(request, response))
  // A connection that an SDK client holds open must not vanish at the moment it is used again.
  server.keepAliveTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Of `<access key>/<date>/<region>/<service>/aws4_request`, in the header or a presigned URL; a key may have slashes. */
const credentialScope = (request: IncomingMessage, url: URL) => {
  const signed = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1]
  const parts = (signed ?? url.searchParams.get('X-Amz-Credential') ?? '').split('/')
  return { accessKey: parts.slice(0, -4).join('/'), service: parts.at(-2) ?? '' }
}

const asFault = (error: unknown, log: (line: string) => void): AwsFault => {
  if (error instanceof AwsFault) return error
  log(`AWS endpoint: ${error instanceof Error ? error.stack : String(error)}`)
  return new AwsFault('InternalServerError', 'the local run failed', 500)
}
