import * as fc from 'fast-check'
import { sessionCookie } from '../../../shared/contracts/http.ts'
import type { ApiFixture } from '../api-calls/api-fixture.ts'
import { type Example, examplesIn } from '../api-calls/examples.ts'
import type { RawRequest } from '../api-calls/raw-http.ts'
import { type DescribedOperation, describedOperations, requestFor, signedAs } from '../api-calls/requests.ts'

/** A caller of the API, authorized or not. */
export interface Principal {
  readonly name: string
  /** The operations that they may call in addition to the public ones. */
  readonly mayCall: 'candidate' | 'operator' | undefined
  /** Their credentials. */
  readonly credentials: Readonly<Record<string, string>>
  /** A request for the operation that would be valid if they were authorized. */
  readonly example: (operation: DescribedOperation) => Example
}

/** A candidate of the fixture, by position. */
export const candidate = (fixture: ApiFixture, index: number): Principal => {
  const cookie = fixture.cookies[index] ?? ''
  const registration = fixture.registrations[index]
  if (!registration) throw new Error(`the fixture has no candidate ${index}`)
  const own = { ...fixture, registrations: [registration], cookies: [cookie], changersCookies: [cookie] }
  return { name: `candidate ${index}`, mayCall: 'candidate', credentials: { cookie }, example: examplesOf(own) }
}

export const operator = (fixture: ApiFixture, person: string): Principal => ({
  name: `operator ${person}`,
  mayCall: 'operator',
  credentials: signedAs(person),
  example: examplesOf(fixture),
})

/** Callers without valid credentials. */
export const strangers = (fixture: ApiFixture): readonly Principal[] => {
  const stolen = fixture.cookies[0] ?? ''
  const signature = signedAs('olga').authorization ?? ''
  const shown: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    nobody: {},
    'somebody with a cookie that was made up': { cookie: `${sessionCookie}=${'A'.repeat(43)}` },
    'somebody with a cookie that was tampered with': { cookie: `${stolen.slice(0, -3)}${'A'.repeat(3)}` },
    'somebody with two cookies, neither a session': { cookie: `${sessionCookie}=; ${sessionCookie}=undefined` },
    'an operator who has not signed': { authorization: signature.split(', SignedHeaders')[0] ?? '' },
    'somebody who says to be an operator': { authorization: 'Bearer operator-olga', 'x-amz-user-arn': 'operator-olga' },
  }
  return Object.entries(shown).map(([name, credentials]) => ({
    name,
    mayCall: undefined,
    credentials,
    example: examplesOf(fixture),
  }))
}

const examplesOf = (fixture: ApiFixture): Principal['example'] => {
  const examples = examplesIn(fixture)
  return ({ name }) => fc.sample(examples[name], { numRuns: 1, seed: 1 })[0] as Example
}

/** The principal's request for the operation, with changes; public operations get no credentials. */
export const requestBy = (principal: Principal, operation: DescribedOperation, changes: Example = {}): RawRequest => {
  const { body, pathParameters } = { ...principal.example(operation), ...changes }
  const { headers, ...rest } = requestFor(operation, {
    ...(body && { body }),
    ...(pathParameters && { pathParameters }),
  })
  return { ...rest, headers: { ...headers, ...(operation.access !== 'public' && principal.credentials) } }
}

/** Whether they may call the operation. */
export const isMeantFor = ({ mayCall }: Principal, { access }: DescribedOperation): boolean =>
  access === 'public' || access === mayCall

/** Read-only operations on a user's own data. */
export const viewsOf = ({ mayCall }: Principal): readonly DescribedOperation[] =>
  describedOperations.filter(({ access, method }) => method === 'GET' && access === mayCall)
