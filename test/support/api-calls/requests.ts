import * as fc from 'fast-check'
import { describeApi } from '../../../bin/openapi/describe.ts'
import { type JsonSchema, operationsOf } from '../../../bin/openapi/document.ts'
import { type OperationName, operations } from '../../../shared/contracts/http.ts'
import type { Expectation } from './api-call.ts'
import type { Example } from './examples.ts'
import type { RawRequest } from './raw-http.ts'

/** One field of an operation's body, from the API description. */
export interface BodyField {
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
}

/** An operation's request, from the API description. */
export interface DescribedOperation {
  readonly name: OperationName
  readonly access: (typeof operations)[OperationName]['access']
  readonly method: string
  readonly path: string
  readonly pathParameters: readonly string[]
  readonly queryParameters: readonly string[]
  /** Empty if the operation has no body. */
  readonly fields: readonly BodyField[]
}

export const describedOperations: readonly DescribedOperation[] = operationsOf(describeApi()).map(
  ({ path, method, operation: { operationId, parameters = [], requestBody } }) => {
    const name = operationId as OperationName
    const named = (where: string) => parameters.filter((parameter) => parameter.in === where).map(({ name }) => name)
    const schema = requestBody?.content['application/json']?.schema
    return {
      name,
      access: operations[name].access,
      method: method.toUpperCase(),
      path,
      pathParameters: named('path'),
      queryParameters: named('query'),
      fields: Object.entries(schema?.properties ?? {}).map(([field, of]) => ({
        name: field,
        schema: of,
        required: schema?.required?.includes(field) ?? false,
      })),
    }
  },
)

/** The header that identifies an operator to the local run, which reads the signer but does not verify the signature. */
export const signedAs = (operator: string): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=operator-${operator}/20261122/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=0`,
})

/** The expected outcome of an example. */
export const becomesOf = ({ becomes = { becomes: 'accepted' } }: Example): Expectation => becomes

/** The example for a call with unknown outcome: made by a spare candidate, who may be locked by it. */
export const asSpare = ({ spareCookie, ...example }: Example): Example =>
  spareCookie === undefined ? example : { ...example, cookie: spareCookie }

/** The path with this query, encoded already, besides the one that it has. */
export const withQuery = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`

const pathOf = ({ path }: DescribedOperation, { pathParameters, query = {} }: Example): string =>
  Object.entries(query).reduce(
    (so, [name, value]) => withQuery(so, `${name}=${encodeURIComponent(value)}`),
    path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(pathParameters?.[name] ?? 'x')),
  )

/** The request of an example. */
export const requestFor = (operation: DescribedOperation, example: Example): RawRequest => ({
  method: operation.method,
  path: pathOf(operation, example),
  headers: {
    ...(example.body && { 'content-type': 'application/json' }),
    ...(example.cookie && { cookie: example.cookie }),
    ...(example.operator && signedAs(example.operator)),
  },
  ...(example.body && { body: JSON.stringify(example.body) }),
})

/** Texts of every kind: any code units, whole emoji, numbers as text, and what forms usually hold. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 200 }),
  fc.stringMatching(/^[A-Z0-9]{4,12}$/),
  fc.emailAddress(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
)

/** Any value that the schema accepts, as JSON text. */
export const rightValue = ({ type, enum: values }: JsonSchema): fc.Arbitrary<string> => {
  if (values) return fc.constantFrom(...values).map((value) => JSON.stringify(value))
  switch (type) {
    case 'string':
      return anyText.map((text) => JSON.stringify(text))
    case 'boolean':
      return fc.boolean().map(String)
    default:
      throw new Error(`no values are known for ${JSON.stringify(type)}`)
  }
}

/** Unusual numbers, as JSON text. */
export const oddNumber: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('-0', '1e400', '-1e400', '1e-400', '9007199254740993', '18446744073709551616', '0.1e1', '1E+2'),
  fc.bigInt().map(String),
  fc.integer({ min: 20, max: 2_000 }).map((digits) => '7'.repeat(digits)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
)

const otherValues: Readonly<Record<string, fc.Arbitrary<string>>> = {
  null: fc.constant('null'),
  string: anyText.map((text) => JSON.stringify(text)),
  boolean: fc.boolean().map(String),
  number: oddNumber,
  array: fc.array(anyText, { maxLength: 3 }).map((array) => JSON.stringify(array)),
  object: fc
    .dictionary(fc.stringMatching(/^[a-z]{1,9}$/), anyText, { maxKeys: 3 })
    .map((object) => JSON.stringify(object)),
}

/** Any value that the schema rejects, mostly of another type, as JSON text. */
export const wrongValue = ({ type, enum: values }: JsonSchema): fc.Arbitrary<string> =>
  fc.oneof(
    ...Object.entries(otherValues).flatMap(([name, others]) => (name === type ? [] : [others])),
    ...(values ? [anyText.filter((text) => !values.includes(text)).map((text) => JSON.stringify(text))] : []),
  )

/** One member of a JSON object: its name, and its value as JSON text. */
export type Member = readonly [name: string, value: string]

/** JSON text of an object with these members, including duplicate names. */
export const objectText = (members: readonly Member[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`

export const membersOf = (body: Readonly<Record<string, unknown>> = {}): Member[] =>
  Object.entries(body).map(([name, value]) => [name, JSON.stringify(value)])

/** All strings within JSON, which no refusal may repeat. */
export const textsIn = (json: string): string[] => {
  const texts: string[] = []
  const gather = (value: unknown) => {
    if (typeof value === 'string') texts.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(gather)
  }
  try {
    gather(JSON.parse(json))
  } catch {
    texts.push(json)
  }
  return texts
}
