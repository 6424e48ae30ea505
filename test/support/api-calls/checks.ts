import { describeApi } from '../../../bin/openapi/describe.ts'
import { operationsOf } from '../../../bin/openapi/document.ts'
import { operations } from '../../../shared/contracts/http.ts'
import { problems } from '../../../shared/contracts/problems.ts'
import {
  operationAt,
  type SeenAnswer,
  undocumentedBody,
  undocumentedStatus,
  undocumentedType,
} from '../contract-check.ts'
import type { ApiCall } from './api-call.ts'
import type { RawResponse } from './raw-http.ts'

/** State that checks keep across responses. */
export interface Memory {
  readonly requestIds: Set<string>
}

/** Returns what is wrong with the response to a call, if anything. */
export type Check = (call: ApiCall, answer: RawResponse, memory: Memory) => string | undefined

interface Refusal {
  readonly code?: string
  readonly requestId?: string
  readonly fields?: readonly { readonly path: string; readonly code: string }[]
}

export const checks = {
  'no call makes the service fail (5xx)': (_, { status }) => (status < 500 ? undefined : `answered ${status}`),

  'the status is a documented one': (call, answer) => undocumentedStatus(...seen(call, answer)),

  'the content type is a documented one': (call, answer) =>
    call.request.method === 'HEAD' ? undefined : undocumentedType(...seen(call, answer)),

  'the body and Retry-After are as described': (call, answer) => {
    if (call.request.method === 'HEAD') return undefined
    const isTold = /^\d+$/.test(String(answer.headers['retry-after'])) || isGatewaysOwn(answer.text)
    if ([423, 429].includes(answer.status) && !isTold) return 'does not say when to try again'
    return undocumentedBody(...seen(call, answer))
  },

  'what is bad is refused, as what it is': ({ expected }, answer) => {
    if (expected.becomes !== 'refused') return undefined
    const { code } = refusalOf(answer)
    const told = expected.codes.find((expectedCode) => expectedCode === code)
    return told && problems[told][0] === answer.status
      ? undefined
      : `answered ${answer.status} ${code}, not ${expected.codes.join(' or ')}`
  },

  'what is good is accepted': ({ expected }, answer) => {
    if (expected.becomes !== 'accepted' || (answer.status >= 200 && answer.status < 300)) return undefined
    const { code } = refusalOf(answer)
    return expected.unless?.some((known) => known === code) ? undefined : `answered ${answer.status} ${code}`
  },

  'a field that is missing or of the wrong type is refused by its name': (call, answer) =>
    call.expected.becomes === 'field-refused' && !call.expected.codes.includes('unknown-field')
      ? fieldNotRefused(call, answer)
      : undefined,

  'an unknown field is refused by its name': (call, answer) =>
    call.expected.becomes === 'field-refused' && call.expected.codes.includes('unknown-field')
      ? fieldNotRefused(call, answer)
      : undefined,

  'a method that the path does not take answers 405 and says which it does': ({ expected }, { status, headers }) => {
    if (expected.becomes !== 'method-refused') return undefined
    const allowed = String(headers.allow).split(/, ?/)
    const isSame = allowed.toSorted().join() === expected.allow.toSorted().join()
    return status === 405 && isSame ? undefined : `answered ${status}, Allow: ${String(headers.allow)}`
  },

  'who has not proven who they are is refused': ({ expected, request }, answer) => {
    if (expected.becomes !== 'caller-refused') return undefined
    const name = operationAt(request.method, request.path)
    if (name && operations[name].access === 'operator') {
      return answer.status === 403 ? undefined : `answered ${answer.status}`
    }
    const { code } = refusalOf(answer)
    return answer.status === 401 && code === 'not-signed-in' ? undefined : `answered ${answer.status} ${code}`
  },

  'no refusal repeats a value that was sent': (call, answer) => {
    if (answer.status < 400) return undefined
    const headers = Object.entries(answer.headers).filter(([name]) => !fixedHeaders.has(name))
    const told = [untold(answer.text, call), ...headers.flat().map(String)].join('\n')
    const repeated = call.values.find((value) => isTelling(value) && told.includes(value))
    return repeated === undefined ? undefined : `repeats ${JSON.stringify(repeated)}`
  },

  'no cache keeps an answer, and no page can be made of it': (_, { headers, text }) => {
    const csp = String(headers['content-security-policy'])
    const lacking = [
      ...(/\bno-store\b/.test(String(headers['cache-control'])) || isGatewaysOwn(text)
        ? []
        : ['cache-control: no-store']),
      ...(headers['x-content-type-options'] === 'nosniff' ? [] : ['x-content-type-options']),
      ...(headers['referrer-policy'] === 'no-referrer' ? [] : ['referrer-policy']),
      ...(/\bmax-age=\d{8}/.test(String(headers['strict-transport-security'])) ? [] : ['strict-transport-security']),
      ...(csp.includes("default-src 'none'") && csp.includes("frame-ancestors 'none'")
        ? []
        : ['content-security-policy']),
    ]
    return lacking.length > 0 ? `lacks ${lacking.join(', ')}` : undefined
  },

  'every answer has a request id of its own, and a refusal names it': (_, answer, { requestIds }) => {
    const id = String(answer.headers['apigw-requestid'] ?? '')
    const { requestId = id } = isGatewaysOwn(answer.text) ? {} : refusalOf(answer)
    if (id === '') return 'has no request id'
    if (requestId !== id) return `names ${requestId}, but is ${id}`
    if (requestIds.has(id)) return `has the request id of another: ${id}`
    requestIds.add(id)
    return undefined
  },

  'the service is there all the time': ({ expected }, { status, milliseconds }) =>
    expected.becomes !== 'answered' || (status === 200 && milliseconds < 5_000)
      ? undefined
      : `health answered ${status} after ${Math.round(milliseconds)} ms`,
} as const satisfies Record<string, Check>

export type CheckName = keyof typeof checks
export const checkNames = Object.keys(checks) as CheckName[]

/** Everything wrong with a response, each prefixed with the check's name. */
export const faultsOf = (call: ApiCall, answer: RawResponse, memory: Memory): string[] =>
  checkNames.flatMap((name) => {
    const fault = checks[name](call, answer, memory)
    return fault === undefined ? [] : [`${name}: ${fault}`]
  })

const seen = ({ request }: ApiCall, answer: RawResponse): [string, string, SeenAnswer] => {
  const contentType = answer.headers['content-type']
  return [
    request.method,
    request.path,
    {
      status: answer.status,
      contentType: contentType === undefined ? null : String(contentType),
      body: bodyOf(answer),
    },
  ]
}

/** The body parsed as JSON; its text if it is not JSON, undefined if there is no body. */
const bodyOf = ({ text }: RawResponse): unknown => {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const refusalOf = (answer: RawResponse): Refusal => {
  const body = bodyOf(answer)
  return answer.status >= 400 && typeof body === 'object' && body !== null ? body : {}
}

/** API Gateway's own refusals contain no personal data, and their headers cannot be changed. */
const isGatewaysOwn = (text: string): boolean => /^\{"message":"[\w ]+"\}$/.test(text)

const fieldNotRefused = ({ expected }: ApiCall, answer: RawResponse): string | undefined => {
  if (expected.becomes !== 'field-refused') return undefined
  const { code, fields = [] } = refusalOf(answer)
  const named = fields.find(({ path }) => path === expected.path)
  const codes: readonly string[] = expected.codes
  return answer.status === 400 && code === 'malformed-request' && named && codes.includes(named.code)
    ? undefined
    : `answered ${answer.status} ${code} with ${JSON.stringify(fields)}, not ${expected.path}: ${codes.join(' or ')}`
}

/** Shorter texts occur anywhere by chance, and plain words occur in the service's own sentences. */
const isTelling = (value: string): boolean => value.length >= 6 && !/^[a-z]+$/.test(value)

/** No value gets into these: they say the same to everybody, or a number. */
const fixedHeaders = new Set([
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'retry-after', 'transfer-encoding'],
  ...['cache-control', 'content-security-policy', 'permissions-policy', 'referrer-policy', 'strict-transport-security'],
  ...['x-content-type-options', 'x-frame-options', 'apigw-requestid'],
])

const fieldNames = new Set(
  operationsOf(describeApi()).flatMap(({ operation }) =>
    Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) => Object.keys(schema.properties ?? {})),
  ),
)

/** The part of a refusal that is not fixed by its code or the contract, where a value could appear. */
const untold = (text: string, { request }: ApiCall): string => {
  let problem: Record<string, unknown> & Refusal
  try {
    problem = JSON.parse(text)
  } catch {
    return text
  }
  const { code, title, type, status: _, ...rest } = problem as Record<string, unknown>
  const known = Object.hasOwn(problems, String(code)) ? problems[code as keyof typeof problems] : undefined
  const own =
    known && title === known[1] && type === `urn:results-service:problem:${String(code)}` ? [] : [title, type, code]
  // Names of unknown fields are told, as the contract has it; they are names, not values.
  const fields = problem.fields?.filter(({ path }) => !fieldNames.has(path) && !String(request.body).includes(path))
  return [...own, ...Object.values({ ...rest, fields })].map(textOf).join('\n')
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
