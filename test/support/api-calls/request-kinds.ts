import * as fc from 'fast-check'
import { methodsAt } from '../contract-check.ts'
import type { ApiCall } from './api-call.ts'
import type { CallKind, MakeCalls } from './call-kind.ts'
import { cookieText, oddHeaders, oddQuery, oddSegment, strangersCookie, strangersSignature } from './odd-values.ts'
import { becomesOf, requestFor, textsIn, withQuery } from './requests.ts'

const accepted =
  (alter: (request: ApiCall['request']) => fc.Arbitrary<ApiCall['request']>): MakeCalls =>
  (operation, examples) =>
    examples.chain((example) =>
      alter(requestFor(operation, example)).map((request) => ({ request, expected: becomesOf(example), values: [] })),
    )

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Kinds of calls that vary path, query, headers and authentication. */
export const requestKinds: readonly CallKind[] = [
  { kind: 'good', share: 6, make: accepted((request) => fc.constant(request)) },
  {
    kind: 'good, with an odd query',
    share: 4,
    make: accepted((request) => oddQuery.map((query) => ({ ...request, path: withQuery(request.path, query) }))),
  },
  {
    kind: 'good, with odd headers and more cookies',
    share: 4,
    make: accepted((request) =>
      fc.tuple(oddHeaders, cookieText).map(([headers, value]) => ({
        ...request,
        headers: {
          ...headers,
          ...request.headers,
          cookie: [`a=${value}`, request.headers.cookie].filter(Boolean).join('; '),
        },
      })),
    ),
  },
  {
    kind: 'another content type',
    share: 6,
    make: (operation, examples) =>
      operation.fields.length === 0
        ? undefined
        : fc
            .tuple(
              examples,
              fc.constantFrom(
                'text/plain',
                'text/json',
                'application/xml',
                'application/x-www-form-urlencoded',
                'json',
                '*/*',
                'application/jsonp',
                'application/octet-stream',
                'multipart/form-data; boundary=x',
                '',
              ),
            )
            .map(([example, type]) => {
              const { headers, ...request } = requestFor(operation, example)
              const { 'content-type': _, ...others } = headers
              return {
                request: { ...request, headers: { ...others, ...(type && { 'content-type': type }) } },
                expected: { becomes: 'refused', codes: ['not-json'] },
                values: textsIn(String(request.body)),
              }
            }),
  },
  {
    kind: 'another method',
    share: 8,
    make: (operation, examples) => {
      const allow = methodsAt(operation.path)
      const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
        (method) => !allow.includes(method),
      )
      return fc.tuple(examples, fc.constantFrom(...others)).map(([example, method]) => ({
        request: { ...requestFor(operation, example), method },
        expected: { becomes: 'method-refused', allow },
        values: [],
      }))
    },
  },
  {
    kind: 'from nobody',
    share: 10,
    make: (operation, examples) =>
      operation.access === 'public'
        ? undefined
        : fc.tuple(examples, strangersCookie, strangersSignature).map(([example, cookie, signature]) => {
            const { cookie: _, authorization: __, ...headers } = requestFor(operation, example).headers
            return {
              request: {
                ...requestFor(operation, example),
                headers: { ...headers, ...(cookie && { cookie }), ...signature },
              },
              expected: { becomes: 'caller-refused' },
              values: [cookie, ...Object.values(signature).map(String)],
            }
          }),
  },
  {
    kind: "from another site's page",
    share: 3,
    make: (operation, examples) =>
      // Mail programs send the one-click form without a same-origin header (RFC 8058).
      operation.access === 'operator' || operation.method === 'GET' || operation.path === '/api/v1/unsubscribe'
        ? undefined
        : fc
            .tuple(
              examples,
              fc.constantFrom<Record<string, string>>(
                { 'sec-fetch-site': 'cross-site' },
                { 'sec-fetch-site': 'same-site' },
                { 'sec-fetch-site': 'none' },
                { origin: 'https://evil.example' },
                { origin: 'null' },
              ),
            )
            .map(([example, site]) => {
              const request = requestFor(operation, example)
              return {
                request: { ...request, headers: { ...request.headers, ...site } },
                expected: { becomes: 'refused', codes: ['forbidden'] },
                values: [],
              }
            }),
  },
  {
    kind: 'an odd name in the path',
    share: 10,
    make: (operation, examples) =>
      operation.pathParameters.length === 0
        ? undefined
        : fc
            .tuple(examples, fc.constantFrom(...operation.pathParameters), oddSegment)
            .map(([example, name, segment]) => {
              const { path: _, ...request } = requestFor(operation, example)
              const path = operation.path.replace(`{${name}}`, () => segment)
              return {
                request: { ...request, path },
                expected: { becomes: 'anything' },
                values: [segment, decoded(segment)],
              }
            }),
  },
]
