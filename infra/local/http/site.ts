import { StartUpError } from '../start-up-error.ts'
import type { LocalAssembly } from '../types.ts'
import type { HttpApi } from './http-api.ts'
import type { HttpRequest } from './http-event.ts'
import { type HttpResponse, textResponse } from './http-response.ts'
import { type AddHeaders, headersOfPolicy } from './response-headers.ts'
import { siteFile } from './site-files.ts'

/** The single origin for browsers: pages and API, routed like the assembly's CloudFront distribution. */
export type Site = (request: HttpRequest) => Promise<HttpResponse>

interface Behavior {
  readonly PathPattern?: string
  readonly TargetOriginId: string
  readonly AllowedMethods?: readonly string[]
  readonly ResponseHeadersPolicyId?: string
}

interface Origin {
  readonly Id: string
  readonly DomainName: string
  readonly OriginPath?: string
  readonly OriginCustomHeaders?: readonly { readonly HeaderName: string; readonly HeaderValue: string }[]
}

interface DistributionConfig {
  readonly CacheBehaviors?: readonly Behavior[]
  readonly DefaultCacheBehavior: Behavior
  readonly DefaultRootObject?: string
  readonly Origins: readonly Origin[]
  readonly CustomErrorResponses?: unknown
}

/** Ignored settings: locally there is no cache, TLS or compression, and every header is forwarded. */
const knownSettings = [
  'AllowedMethods',
  'CachePolicyId',
  'CachedMethods',
  'Compress',
  'OriginRequestPolicyId',
  'PathPattern',
  'ResponseHeadersPolicyId',
  'TargetOriginId',
  'ViewerProtocolPolicy',
]

/** Throws StartUpError if the distribution uses unsupported settings. */
export const site = (assembly: LocalAssembly, api: HttpApi): Site => {
  const [distribution] = assembly.ofType('AWS::CloudFront::Distribution')
  if (!distribution) throw new StartUpError('The assembly has no distribution')
  const config = distribution.properties.DistributionConfig as DistributionConfig
  if (config.CustomErrorResponses) throw new StartUpError('The local run does not know CustomErrorResponses')
  const behaviors = [...(config.CacheBehaviors ?? []), config.DefaultCacheBehavior].map((behavior) =>
    servingBehavior(behavior, { assembly, api, config }),
  )
  return async (request) => {
    const behavior = behaviors.find(({ takes }) => takes(request.path))
    return behavior ? behavior.serve(request) : textResponse(404, 'Not Found')
  }
}

interface ServiceContext {
  readonly assembly: LocalAssembly
  readonly api: HttpApi
  readonly config: DistributionConfig
}

const servingBehavior = (behavior: Behavior, context: ServiceContext) => {
  const unknown = Object.keys(behavior).find((setting) => !knownSettings.includes(setting))
  if (unknown) throw new StartUpError(`The local run does not know ${unknown} of a distribution`)
  const { PathPattern = '*', AllowedMethods = ['GET', 'HEAD'], ResponseHeadersPolicyId } = behavior
  const addHeaders: AddHeaders = headersOfPolicy(context.assembly, ResponseHeadersPolicyId)
  const fetchFrom = originOf(behavior, context)
  return {
    takes: patternTest(PathPattern),
    serve: async (request: HttpRequest): Promise<HttpResponse> =>
      addHeaders(AllowedMethods.includes(request.method) ? await fetchFrom(request) : textResponse(403, 'Forbidden')),
  }
}

/** Path pattern: `*` matches any number of characters, `?` one; the leading slash is optional. */
const patternTest = (pattern: string): ((path: string) => boolean) => {
  const expression = pattern
    .replace(/^\//, '')
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const test = new RegExp(`^/${expression}$`)
  return (path) => test.test(path)
}

const originOf = ({ TargetOriginId }: Behavior, { assembly, api, config }: ServiceContext): Site => {
  const origin = config.Origins.find(({ Id }) => Id === TargetOriginId)
  const apiId = assembly.ofType('AWS::ApiGatewayV2::Api')[0]?.id
  if (apiId && origin?.DomainName.startsWith(`${apiId}.execute-api.`)) return apiOrigin(origin, api)
  const bucket = assembly.ofType('AWS::S3::Bucket').find(({ id }) => origin?.DomainName.startsWith(`${id}.s3.`))
  const files = assembly
    .ofType('Custom::CDKBucketDeployment')
    .find(({ properties }) => properties.DestinationBucketName === bucket?.id)
  if (!bucket || !files) throw new StartUpError(`The local run does not know the origin ${origin?.DomainName}`)
  return fileOrigin(assembly.codeOf(files), config.DefaultRootObject)
}

const apiOrigin = (origin: Origin, api: HttpApi): Site => {
  const added = (origin.OriginCustomHeaders ?? []).map(({ HeaderName, HeaderValue }) => [
    HeaderName.toLowerCase(),
    [HeaderValue],
  ])
  return (request) =>
    api({
      ...request,
      headers: {
        ...request.headers,
        host: [origin.DomainName],
        'x-forwarded-for': [...(request.headers['x-forwarded-for'] ?? []), request.sourceIp],
        ...Object.fromEntries(added),
      },
    })
}

const fileOrigin =
  (folder: string, root = ''): Site =>
  async ({ path }) =>
    (await siteFile(folder, path === '/' ? root : path)) ?? textResponse(404, 'Not Found')
