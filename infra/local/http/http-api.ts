import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { InvocationOutcome, Invoke, LocalAssembly, LocalClock, LocalPrincipal } from '../types.ts'
import { type Caller, type HttpRequest, httpEvent } from './http-event.ts'
import { gatewayResponse, type HttpResponse, httpResponse } from './http-response.ts'
import { type LocalRoute, routeFinder, routesOf } from './http-routes.ts'

export interface HttpApiOptions {
  readonly assembly: LocalAssembly
  readonly clock: LocalClock
  readonly invoke: Invoke
  /** Checks whether the principal's role allows the action on the resource. */
  readonly isAllowed: (principal: LocalPrincipal, action: string, resource: string) => boolean
  /** Checks whether the resource's policy allows the service the action on behalf of the source. */
  readonly isServiceAllowed: (service: string, sourceArn: string, action: string, resource: string) => boolean
}

/** The assembly's HTTP API. */
export type HttpApi = (request: HttpRequest) => Promise<HttpResponse>

/** API Gateway's limit; the functions enforce a smaller one. */
export const maxBodySize = 10 * 1024 * 1024

/** Throws StartUpError on a route that the local run cannot serve as deployed. */
export const httpApi = (options: HttpApiOptions): HttpApi => {
  const { assembly, clock, invoke, isAllowed, isServiceAllowed } = options
  const findRoute = routeFinder(routesOf(assembly))
  const apiId = assembly.ofType('AWS::ApiGatewayV2::Api')[0]?.id ?? ''
  const { account, region } = assembly
  const operatorRole = operatorRoleOf(assembly)
  const arnOf = (path: string) => `arn:aws:execute-api:${region}:${account}:${apiId}/$default/${path}`

  /** The operator who signed the request, if the operators' role may call this route; access keys are `operator-<name>`. */
  const callerOf = ({ method, path, headers }: HttpRequest): Caller | undefined => {
    const [, accessKeyId = '', person] =
      /^AWS4-HMAC-SHA256 Credential=(operator-([\w+=,.@-]{2,64}))\/\d{8}\/[^/]+\/execute-api\/aws4_request, ?SignedHeaders=.+, ?Signature=/.exec(
        headers.authorization?.[0] ?? '',
      ) ?? []
    if (person === undefined || operatorRole === undefined) return undefined
    const principal = { name: `operator/${person}`, roleArn: operatorRole }
    const allowed = isAllowed(principal, 'execute-api:Invoke', arnOf(`${method}${path}`))
    return allowed ? { principal, accessKeyId, account } : undefined
  }

  /** The function's resource policy must allow the route. */
  const mayInvoke = ({ key, functionArn }: LocalRoute) =>
    isServiceAllowed('apigateway.amazonaws.com', arnOf(key.replace(' ', '')), 'lambda:InvokeFunction', functionArn)

  const answer = async (request: HttpRequest, requestId: string): Promise<HttpResponse> => {
    const match = find(findRoute, request)
    if (match === 'malformed') return gatewayResponse(400, 'Bad Request')
    if (!match) return gatewayResponse(404, 'Not Found')
    if (request.body.length > maxBodySize) return gatewayResponse(413, 'Request Entity Too Large')
    const { route, parameters } = match
    const caller = route.signed ? callerOf(request) : undefined
    if (route.signed && !caller) return gatewayResponse(403, 'Forbidden')
    if (!mayInvoke(route)) return gatewayResponse(500, 'Internal Server Error')
    const event = httpEvent({ request, route, parameters, caller, account, apiId, region, requestId, now: clock.now() })
    const outcome = await within(route, invoke(route.functionArn, event))
    return outcome ? httpResponse(outcome) : gatewayResponse(503, 'Service Unavailable')
  }

  return async (request) => {
    // In a header of every response, including those of API Gateway itself.
    const requestId = randomUUID()
    const { headers, ...rest } = await answer(request, requestId)
    return { ...rest, headers: { ...headers, 'apigw-requestid': requestId } }
  }
}

const find = (findRoute: ReturnType<typeof routeFinder>, { method, path }: HttpRequest) => {
  try {
    return findRoute(method, path)
  } catch {
    return 'malformed'
  }
}

const within = async (
  { timeoutMilliseconds }: LocalRoute,
  invocation: Promise<InvocationOutcome>,
): Promise<InvocationOutcome | undefined> => {
  const given = new AbortController()
  try {
    const limit = sleep(timeoutMilliseconds, undefined, { ref: false, signal: given.signal }).catch(() => undefined)
    return await Promise.race([invocation, limit])
  } finally {
    given.abort()
  }
}

/** The role that may invoke the API's signed routes. */
const operatorRoleOf = (assembly: LocalAssembly): string | undefined => {
  const [name] = assembly
    .ofType('AWS::IAM::Policy')
    .filter(({ properties }) => JSON.stringify(properties.PolicyDocument).includes('execute-api:Invoke'))
    .flatMap(({ properties }) => properties.Roles as string[])
  return assembly.ofType('AWS::IAM::Role').find(({ id }) => id === name)?.arn
}
