import type { InvocationOutcome } from '../types.ts'

/** An HTTP response. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
}

interface ProxyResult {
  readonly statusCode: number | string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly cookies?: readonly string[]
  readonly body?: unknown
  readonly isBase64Encoded?: boolean
}

/** A response from API Gateway itself. */
export const gatewayResponse = (status: number, message: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
})

export const textResponse = (status: number, text: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(`${text}\n`),
})

/** Converts a function's result as API Gateway does: a response if it has a `statusCode`, else a JSON body. */
export const httpResponse = (outcome: InvocationOutcome): HttpResponse => {
  if (!outcome.ok) return internalError
  const { payload } = outcome
  if (!isProxyResult(payload)) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) }
  }
  const status = Number(payload.statusCode)
  if (!Number.isInteger(status) || status < 200 || status > 599) return internalError
  const given = Object.entries(payload.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  )
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(given.filter(([name]) => !reservedHeaders.includes(name))),
      ...(payload.cookies?.length && { 'set-cookie': payload.cookies }),
    },
    body: bodyOf(payload),
  }
}

const internalError = gatewayResponse(500, 'Internal Server Error')

/** Headers that API Gateway sets itself; a function cannot override them. */
const reservedHeaders = ['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade']

const isProxyResult = (payload: unknown): payload is ProxyResult =>
  typeof payload === 'object' && payload !== null && 'statusCode' in payload

const bodyOf = ({ body, isBase64Encoded }: ProxyResult): Buffer => {
  if (body === undefined || body === null) return Buffer.alloc(0)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8')
}
