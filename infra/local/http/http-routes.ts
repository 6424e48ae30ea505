import { StartUpError } from '../start-up-error.ts'
import type { LocalAssembly } from '../types.ts'

/** One route of the HTTP API and its function. */
export interface LocalRoute {
  /** Route key, such as `GET /api/v1/exams` or `$default`. */
  readonly key: string
  readonly functionArn: string
  /** Whether the route has the IAM authorizer. */
  readonly signed: boolean
  readonly timeoutMilliseconds: number
}

interface RouteMatch {
  readonly route: LocalRoute
  /** Decoded; absent for routes without parameters. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** The route as API Gateway selects it: fixed segments first, `$default` last. Throws URIError on bad percent-encoding. */
export type FindRoute = (method: string, path: string) => RouteMatch | undefined

interface IntegrationProperties {
  readonly IntegrationType: string
  readonly IntegrationUri: string
  readonly PayloadFormatVersion: string
  readonly TimeoutInMillis?: number
}

/** Throws StartUpError on an unsupported integration or authorizer. */
export const routesOf = (assembly: LocalAssembly): readonly LocalRoute[] =>
  assembly.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const { RouteKey, Target, AuthorizationType = 'NONE' } = properties as Record<string, string>
    const key = String(RouteKey)
    const id = String(Target).replace('integrations/', '')
    const integration = assembly.ofType('AWS::ApiGatewayV2::Integration').find((candidate) => candidate.id === id)
    const behind = integration?.properties as IntegrationProperties | undefined
    if (behind?.IntegrationType !== 'AWS_PROXY' || behind.PayloadFormatVersion !== '2.0') {
      throw new StartUpError(`Route ${key}: the local run supports only functions with payload format 2.0`)
    }
    if (AuthorizationType !== 'NONE' && AuthorizationType !== 'AWS_IAM') {
      throw new StartUpError(`Route ${key}: the local run does not support the authorization ${AuthorizationType}`)
    }
    return {
      key,
      functionArn: behind.IntegrationUri,
      signed: AuthorizationType === 'AWS_IAM',
      timeoutMilliseconds: behind.TimeoutInMillis ?? 30_000,
    }
  })

export const routeFinder = (routes: readonly LocalRoute[]): FindRoute => {
  const fallback = routes.find(({ key }) => key === '$default')
  const mostSpecificFirst = routes
    .filter((route) => route !== fallback)
    .map(patternOf)
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
  return (method, path) => {
    for (const { route, methods, names, expression } of mostSpecificFirst) {
      const values = methods.includes(method) ? expression.exec(path)?.slice(1) : undefined
      if (!values) continue
      if (names.length === 0) return { route }
      return { route, parameters: Object.fromEntries(values.map((value, n) => [names[n], decodeURIComponent(value)])) }
    }
    return fallback && { route: fallback }
  }
}

const everyMethod = ['GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'DELETE']

const patternOf = (route: LocalRoute) => {
  const [method = '', path = ''] = route.key.split(' ')
  const segments = path.split('/').map(segmentOf)
  return {
    route,
    methods: method === 'ANY' ? everyMethod : [method],
    names: segments.flatMap(({ name }) => name ?? []),
    expression: new RegExp(`^${segments.map(({ expression }) => expression).join('/')}$`),
    rank: segments.map(({ rank }) => rank).join('') + (method === 'ANY' ? 1 : 0),
  }
}

/** Specificity order: fixed text, then `{name}`, then `{rest+}`. */
const segmentOf = (segment: string) => {
  const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? []
  if (name === undefined) return { expression: segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), rank: 0 }
  return greedy ? { name, expression: '(.+)', rank: 2 } : { name, expression: '([^/]+)', rank: 1 }
}
