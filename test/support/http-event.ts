import type { OperationName } from '../../shared/contracts/http.ts'
import { operations } from '../../shared/contracts/http.ts'
import type { HttpEvent, HttpFunction, HttpResult } from '../../shared/lambda/http-event.ts'

export const originSecret = 'origin-secret-of-the-tests'
export const siteUrl = 'https://results.example.org'

export interface Request {
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown
  readonly headers?: Record<string, string | undefined>
  readonly cookie?: string | undefined
  readonly query?: Record<string, string>
  readonly pathParameters?: Record<string, string>
  readonly userArn?: string
}

/** An API Gateway event (payload format 2.0) for an operation, as CloudFront and the gateway would send it. */
export const httpEvent = (operation: OperationName, request: Request = {}): HttpEvent => {
  const { method, path } = operations[operation]
  return rawHttpEvent(method, path, request)
}

export const rawHttpEvent = (method: string, rawPath: string, request: Request = {}): HttpEvent => {
  const { body, headers, cookie, query, pathParameters, userArn } = request
  return {
    rawPath,
    headers: {
      'X-Origin-Secret': originSecret,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(cookie !== undefined && { cookies: [cookie] }),
    ...(query && { queryStringParameters: query }),
    ...(pathParameters && { pathParameters }),
    requestContext: {
      requestId: 'request-1',
      http: { method },
      ...(userArn !== undefined && { authorizer: { iam: { userArn } } }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  }
}

/** Sends an event through a handler and parses what comes back. */
export const send = async (handler: HttpFunction, event: HttpEvent) => {
  const result: HttpResult = await handler(event)
  return {
    ...result,
    json: result.body === undefined ? undefined : (JSON.parse(result.body) as Record<string, unknown>),
  }
}
