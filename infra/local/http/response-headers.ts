import { StartUpError } from '../start-up-error.ts'
import type { LocalAssembly } from '../types.ts'
import type { HttpResponse } from './http-response.ts'

/** Adds the headers of a CloudFront response headers policy. */
export type AddHeaders = (answer: HttpResponse) => HttpResponse

interface Overriding {
  readonly Override: boolean
}

interface PolicyConfig {
  readonly SecurityHeadersConfig?: {
    readonly ContentSecurityPolicy?: Overriding & { readonly ContentSecurityPolicy: string }
    readonly ContentTypeOptions?: Overriding
    readonly FrameOptions?: Overriding & { readonly FrameOption: string }
    readonly ReferrerPolicy?: Overriding & { readonly ReferrerPolicy: string }
    readonly StrictTransportSecurity?: Overriding & {
      readonly AccessControlMaxAgeSec: number
      readonly IncludeSubdomains?: boolean
      readonly Preload?: boolean
    }
  }
  readonly CustomHeadersConfig?: {
    readonly Items: readonly (Overriding & { readonly Header: string; readonly Value: string })[]
  }
}

const known = ['Comment', 'CustomHeadersConfig', 'Name', 'SecurityHeadersConfig']
const knownSecurity = [
  'ContentSecurityPolicy',
  'ContentTypeOptions',
  'FrameOptions',
  'ReferrerPolicy',
  'StrictTransportSecurity',
]

/** Throws StartUpError on a policy that is not in the assembly or is unsupported. */
export const headersOfPolicy = (assembly: LocalAssembly, policyId: string | undefined): AddHeaders => {
  if (policyId === undefined) return (answer) => answer
  const policy = assembly.ofType('AWS::CloudFront::ResponseHeadersPolicy').find(({ id }) => id === policyId)
  if (!policy) throw new StartUpError(`The local run does not know the response headers policy ${policyId}`)
  const config = policy.properties.ResponseHeadersPolicyConfig as PolicyConfig
  const unknown = [
    ...Object.keys(config).filter((key) => !known.includes(key)),
    ...Object.keys(config.SecurityHeadersConfig ?? {}).filter((key) => !knownSecurity.includes(key)),
  ]
  if (unknown.length > 0) throw new StartUpError(`The local run does not know ${unknown.join(', ')} of ${policy.id}`)
  const headers = headersOf(config)
  return (answer) => ({
    ...answer,
    headers: {
      ...answer.headers,
      ...Object.fromEntries(
        headers
          .filter(({ name, override }) => override || !(name in answer.headers))
          .map(({ name, value }) => [name, value]),
      ),
    },
  })
}

interface PolicyHeader {
  readonly name: string
  readonly value: string
  readonly override: boolean
}

const headersOf = ({ SecurityHeadersConfig = {}, CustomHeadersConfig }: PolicyConfig): readonly PolicyHeader[] => {
  const { ContentSecurityPolicy, ContentTypeOptions, FrameOptions, ReferrerPolicy, StrictTransportSecurity } =
    SecurityHeadersConfig
  const header = (name: string, setting: Overriding | undefined, value: string | undefined): PolicyHeader[] =>
    setting && value !== undefined ? [{ name, value, override: setting.Override }] : []
  return [
    ...header('content-security-policy', ContentSecurityPolicy, ContentSecurityPolicy?.ContentSecurityPolicy),
    ...header('x-content-type-options', ContentTypeOptions, 'nosniff'),
    ...header('x-frame-options', FrameOptions, FrameOptions?.FrameOption),
    ...header('referrer-policy', ReferrerPolicy, ReferrerPolicy?.ReferrerPolicy),
    ...header('strict-transport-security', StrictTransportSecurity, transportSecurity(StrictTransportSecurity)),
    ...(CustomHeadersConfig?.Items ?? []).flatMap((item) => header(item.Header.toLowerCase(), item, item.Value)),
  ]
}

type TransportSecurity = NonNullable<PolicyConfig['SecurityHeadersConfig']>['StrictTransportSecurity']

const transportSecurity = (setting: TransportSecurity): string | undefined =>
  setting &&
  [
    `max-age=${setting.AccessControlMaxAgeSec}`,
    ...(setting.IncludeSubdomains ? ['includeSubDomains'] : []),
    ...(setting.Preload ? ['preload'] : []),
  ].join('; ')
