import * as fc from 'fast-check'
import type { ApiCall } from './api-call.ts'
import type { ApiFixture } from './api-fixture.ts'
import { bodyKinds } from './body-kinds.ts'
import { examplesIn } from './examples.ts'
import { oddHeaders, unknownPath } from './odd-values.ts'
import { requestKinds } from './request-kinds.ts'
import { describedOperations } from './requests.ts'

/** A generator of calls of one kind, with its relative number of calls in a run. */
export interface CallGenerator {
  readonly kind: string
  readonly share: number
  readonly calls: fc.Arbitrary<ApiCall>
}

const anyMethod = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')

/** Generators for every kind of call to every operation, and to unknown paths. */
export const callGenerators = (fixture: ApiFixture): CallGenerator[] => {
  const examples = examplesIn(fixture)
  const toOperations = describedOperations.flatMap((operation) =>
    [...requestKinds, ...bodyKinds].flatMap(({ kind, share, make }) => {
      const calls = make(operation, examples[operation.name])
      return calls ? [{ kind, share, calls: calls.map((call) => ({ kind, ...call })) }] : []
    }),
  )
  const nowhere = fc.tuple(unknownPath, anyMethod, oddHeaders).map(
    ([path, method, headers]): ApiCall => ({
      kind: 'an unknown path',
      request: { method, path, headers },
      expected: { becomes: 'refused', codes: ['not-found'] },
      values: [],
    }),
  )
  return [...toOperations, { kind: 'an unknown path', share: 40, calls: nowhere }]
}

/** The health check as a call. */
export const healthProbe: ApiCall = {
  kind: 'whether it is there',
  request: { method: 'GET', path: '/api/v1/health', headers: {} },
  expected: { becomes: 'answered' },
  values: [],
}
