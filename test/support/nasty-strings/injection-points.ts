import * as fc from 'fast-check'
import { sessionCookie } from '../../../shared/contracts/http.ts'
import type { ApiCall, Expectation } from '../api-calls/api-call.ts'
import type { ApiFixture } from '../api-calls/api-fixture.ts'
import { type Example, examplesIn } from '../api-calls/examples.ts'
import {
  asSpare,
  type BodyField,
  type DescribedOperation,
  describedOperations,
  membersOf,
  objectText,
  requestFor,
  withQuery,
} from '../api-calls/requests.ts'

/** One place of a request that takes text from a client. */
export interface InjectionPoint {
  /** Name, such as `logIn body.password`. */
  readonly name: string
  /** An otherwise valid request with this text in this place. `number` selects a different candidate each time. */
  put(text: string, number: number): ApiCall
}

/** Every body field, path parameter and query parameter of the API, the field names, and the headers that it reads. */
export const injectionPoints = (fixture: ApiFixture): InjectionPoint[] => {
  const examples = examplesIn(fixture)
  return sessionsFirst.flatMap((operation) => {
    const some = fc.sample(examples[operation.name], { numRuns: 40, seed: 1 })
    const example = (number: number) => some[number % some.length] as Example
    return [
      ...operation.fields.map((field) => bodyPlace(operation, example, field)),
      ...(operation.fields.length > 0 ? [namePlace(operation, example)] : []),
      ...operation.pathParameters.map((name) => pathPlace(operation, example, name)),
      ...operation.queryParameters.flatMap((name) => [
        queryPlace(operation, example, name),
        headerPlace(operation, example, 'accept-language', (text) => text),
      ]),
      ...(operation.access === 'candidate'
        ? [headerPlace(operation, example, 'cookie', (text) => `${sessionCookie}=${text}`)]
        : []),
    ]
  })
}

/** A long run must not outlast its sessions. */
const sessionsFirst = describedOperations.toSorted(
  (a, b) => Number(b.access === 'candidate') - Number(a.access === 'candidate'),
)

/** Valid requests, a different one for each number. */
type Examples = (number: number) => Example

/** Candidates who do not exist, so that no real candidate is locked. */
const asSomebodyElse = (example: Example, number: number): Example =>
  example.body && 'idNumber' in example.body
    ? { ...example, body: { ...example.body, idNumber: `N${String(number).padStart(7, '0')}` } }
    : example

const call = (
  place: string,
  request: ApiCall['request'],
  values: readonly string[],
  expected: Expectation = { becomes: 'anything' },
): ApiCall => ({ kind: place, request, expected, values })

const bodyPlace = (operation: DescribedOperation, example: Examples, { name, schema }: BodyField): InjectionPoint => {
  const place = `${operation.name} body.${name}`
  const takes = (text: string) => schema.type === 'string' && (schema.enum?.includes(text) ?? true)
  return {
    name: place,
    put(text, number) {
      const { body = {}, ...rest } = asSomebodyElse(asSpare(example(number)), number)
      const request = requestFor(operation, { ...rest, body: { ...body, [name]: text } })
      if (takes(text)) return call(place, request, [text])
      return call(place, request, [text], {
        becomes: 'field-refused',
        path: name,
        codes: ['not-a-boolean', 'not-in-list'],
      })
    },
  }
}

const namePlace = (operation: DescribedOperation, example: Examples): InjectionPoint => {
  const place = `${operation.name} name of a field`
  return {
    name: place,
    put(text, number) {
      const body = objectText([...membersOf(asSomebodyElse(example(number), number).body), [text, '"x"']])
      return call(place, { ...requestFor(operation, example(number)), body }, [], {
        becomes: 'refused',
        codes: ['malformed-request'],
      })
    },
  }
}

/** Web servers refuse longer URLs and headers by themselves. */
const shortened = (text: string): string => text.slice(0, 400)
const encoded = (text: string): string => encodeURIComponent(shortened(text).toWellFormed())

const pathPlace = (operation: DescribedOperation, example: Examples, name: string): InjectionPoint => {
  const place = `${operation.name} path.${name}`
  return {
    name: place,
    put(text, number) {
      const good = example(number)
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
        parameter === name ? encoded(text) || '-' : encodeURIComponent(good.pathParameters?.[parameter] ?? 'x'),
      )
      return call(place, { ...requestFor(operation, good), path }, [shortened(text), encoded(text)])
    },
  }
}

const queryPlace = (operation: DescribedOperation, example: Examples, name: string): InjectionPoint => {
  const place = `${operation.name} query.${name}`
  return {
    name: place,
    put(text, number) {
      const { [name]: _, ...query } = example(number).query ?? {}
      const request = requestFor(operation, { ...example(number), query })
      return call(place, { ...request, path: withQuery(request.path, `${name}=${encoded(text)}`) }, [shortened(text)])
    },
  }
}

const headerPlace = (
  operation: DescribedOperation,
  example: Examples,
  header: string,
  valueOf: (text: string) => string,
): InjectionPoint => {
  const place = `${operation.name} ${header}`
  return {
    name: place,
    put(text, number) {
      const request = requestFor(operation, example(number))
      // Clients can only send these characters in a header.
      const sent = shortened(text).replaceAll(/[^\x20-\x7e\xa1-\xff]/g, '?')
      return call(place, { ...request, headers: { ...request.headers, [header]: valueOf(sent) } }, [sent])
    },
  }
}
