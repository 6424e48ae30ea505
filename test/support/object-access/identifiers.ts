import type { RawHttp, RawResponse } from '../api-calls/raw-http.ts'
import { type DescribedOperation, describedOperations } from '../api-calls/requests.ts'
import { readPdf } from '../pdf.ts'
import { isMeantFor, type Principal, requestBy } from './principals.ts'

/** A text from a response, with the name of its field or header. */
export interface Identifier {
  readonly kind: string
  readonly value: string
}

/** All identifiers that the API shows to a user in regular use. */
export const seenBy = async (http: RawHttp, principal: Principal): Promise<readonly Identifier[]> => {
  const seen: Identifier[] = []
  for (const operation of describedOperations.filter((one) => isMeantFor(principal, one) && !isAnEnd(one))) {
    seen.push(...(await identifiersIn(await http.send(requestBy(principal, operation)))))
  }
  return unique(seen)
}

/** Whoever ends their session sees nothing more. */
const isAnEnd = ({ name }: DescribedOperation) => name === 'logOut'

/** Every identifying text in a response; of a refusal, which is the same for everybody, only its request id. */
export const identifiersIn = async (answer: RawResponse): Promise<readonly Identifier[]> => {
  const found: Identifier[] = []
  const gather = (kind: string, value: unknown): void => {
    if (typeof value === 'string') found.push({ kind, value })
    else if (Array.isArray(value)) for (const one of value) gather(kind, one)
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) gather(name, one)
  }
  const type = String(answer.headers['content-type'])
  if (answer.status < 400 && type.includes('json')) gather('body', JSON.parse(answer.text))
  if (type.includes('pdf') && answer.bytes) gather('statement', (await readPdf(answer.bytes)).text.split('\n'))
  gather('requestId', answer.headers['apigw-requestid'])
  for (const cookie of [answer.headers['set-cookie'] ?? []].flat())
    gather('cookie', cookie.split(';')[0]?.split('=')[1])
  return found.filter(isTelling)
}

/** Common words and instants identify nobody. */
const isTelling = ({ kind, value }: Identifier): boolean => {
  if (value.length < 5 || /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(value)) return false
  return ['givenName', 'familyName'].includes(kind) || (!/\s/.test(value) && /[\d@-]/.test(value))
}

const unique = (all: readonly Identifier[]): readonly Identifier[] => [
  ...new Map(all.map((identifier) => [identifier.value, identifier])).values(),
]

/** Identifiers shown to others but not to this user. */
export const foreignTo = (own: readonly Identifier[], others: readonly (readonly Identifier[])[]): Identifier[] => {
  const known = new Set(own.map(({ value }) => value))
  return [...unique(others.flat())].filter(({ value }) => !known.has(value))
}

/** Up to so many of each kind. */
export const someOfEachKind = (all: readonly Identifier[], most: number): Identifier[] =>
  [...Map.groupBy(all, ({ kind }) => kind).values()].flatMap((ofKind) => ofKind.slice(0, most))
