import type { LocalPrincipal } from '../types.ts'
import type { LocalRoute } from './http-routes.ts'

/** A raw HTTP request. */
export interface HttpRequest {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  /** As sent, without the question mark. */
  readonly query: string
  /** Header names in lower case, each with all values. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: Buffer
  readonly sourceIp: string
}

/** The signer of a request, in the format of API Gateway's event. */
export interface Caller {
  readonly principal: LocalPrincipal
  readonly accessKeyId: string
  readonly account: string
}

interface EventParts {
  readonly request: HttpRequest
  readonly route: LocalRoute
  readonly parameters?: Readonly<Record<string, string>> | undefined
  readonly caller?: Caller | undefined
  readonly account: string
  readonly apiId: string
  readonly region: string
  readonly requestId: string
  /** Epoch milliseconds. */
  readonly now: number
}

/** Builds the function's event: HTTP API payload format 2.0. */
export const httpEvent = (parts: EventParts): object => {
  const { request, route, parameters, caller, account, apiId, region, requestId, now } = parts
  const { cookie, ...headers } = request.headers
  const domainName = headers.host?.[0] ?? `${apiId}.execute-api.${region}.amazonaws.com`
  const isBase64Encoded = request.body.length > 0 && !isText(headers['content-type']?.[0] ?? '')
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: request.path,
    rawQueryString: request.query,
    ...(cookie && { cookies: cookie.flatMap((line) => line.split(/; */)) }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(',')])),
    ...(request.query && { queryStringParameters: queryParameters(request.query) }),
    requestContext: {
      accountId: account,
      apiId,
      ...(caller && { authorizer: { iam: identityOf(caller) } }),
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent']?.[0] ?? '',
      },
      requestId,
      routeKey: route.key,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now,
    },
    ...(parameters && { pathParameters: parameters }),
    ...(request.body.length > 0 && { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  }
}

/** Content types that API Gateway passes on as text. */
const isText = (contentType: string) =>
  /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/i.test(contentType)

const queryParameters = (query: string): Record<string, string> => {
  const all: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query)) all[name] = name in all ? `${all[name]},${value}` : value
  return all
}

const identityOf = ({ principal, accessKeyId, account }: Caller) => {
  const role = principal.roleArn.split('/').at(-1)
  const person = principal.name.replace('operator/', '')
  return {
    accessKey: accessKeyId,
    accountId: account,
    callerId: `AROALOCAL:${person}`,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: `arn:aws:sts::${account}:assumed-role/${role}/${person}`,
    userId: `AROALOCAL:${person}`,
  }
}

/** `12/Mar/2026:19:03:58 +0000` */
const logTime = (now: number): string => {
  const [, date = '', time = ''] = /, (\d.*) (\d\d:\d\d:\d\d) GMT$/.exec(new Date(now).toUTCString()) ?? []
  return `${date.replaceAll(' ', '/')}:${time} +0000`
}
