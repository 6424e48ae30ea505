import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LocalPrincipal } from '../types.ts'
import { AwsFault } from './aws-fault.ts'
import type { Service, ServiceCall } from './service.ts'

/** The endpoint that receives all AWS calls of the local run. */
export interface Endpoint {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Listens on loopback only. The service is taken from the signature's scope and the caller from the access key;
 * signatures are not verified, as the secrets would be generated here as well.
 */
export const startEndpoint = async (options: {
  /** By signing name, such as `dynamodb`. */
  readonly services: Readonly<Record<string, Service>>
  readonly principals: ReadonlyMap<string, LocalPrincipal>
  readonly port?: number
  /** Lets the service handle the call, or injects a fault. */
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

/** The scope `<access key>/<date>/<region>/<service>/aws4_request` of header or URL; the key may contain slashes. */
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
