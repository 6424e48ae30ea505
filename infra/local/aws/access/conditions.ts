import { StartUpError } from '../../start-up-error.ts'
import { wildcard } from './wildcard.ts'

/** What is known of a request beside its action and resource: values by condition key, such as `aws:SourceArn`. */
export type Context = Readonly<Record<string, string | readonly string[]>>

/** Whether one element of a statement's `Condition` holds. */
export type Condition = (context: ReadonlyMap<string, readonly string[]>) => boolean

type Compare = (actual: string, expected: string) => boolean

const like: Compare = (actual, expected) => wildcard(expected).matches(actual)
const same: Compare = (actual, expected) => actual === expected

/** Negative operators hold where no expected value matches, also where the key is absent. */
const operators: Readonly<Record<string, { readonly compare: Compare; readonly negative?: true }>> = {
  StringEquals: { compare: same },
  StringNotEquals: { compare: same, negative: true },
  StringLike: { compare: like },
  StringNotLike: { compare: like, negative: true },
  ArnEquals: { compare: like },
  ArnLike: { compare: like },
  Bool: { compare: same },
}

/** The keys that the endpoint supplies, in lower case; on any other key a condition would silently never (or always) hold. */
const knownKeys: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'events:detail-type',
  'events:source',
  'iam:passedtoservice',
  'kms:encryptioncontextkeys',
  'kms:viaservice',
  's3:prefix',
  'ses:fromaddress',
  'ses:recipients',
])
const isKnown = (key: string) => knownKeys.has(key) || key.startsWith('kms:encryptioncontext:')

/** Reads a statement's `Condition`, all of whose elements must hold. Throws StartUpError on an operator or a key that is not known here. */
export const parseConditions = (condition: unknown, source: string): readonly Condition[] =>
  Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, expected]) => parseCondition(operator, key.toLowerCase(), expected, source)),
  )

const parseCondition = (operator: string, key: string, expected: unknown, source: string): Condition => {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? []
  const known = operators[name]
  if (!known) throw new StartUpError(`${source}: the local run does not know the condition operator ${operator}`)
  if (!isKnown(key)) throw new StartUpError(`${source}: the local run does not know the condition key ${key}`)
  const values = [expected].flat().map(String)
  if (values.some((value) => value.includes('${'))) {
    throw new StartUpError(`${source}: the local run does not know policy variables such as ${values.join(', ')}`)
  }
  const holds = (actual: string) => values.some((value) => known.compare(actual, value)) !== (known.negative ?? false)
  return (context) => {
    const actual = context.get(key)
    if (!actual) return set ? set === 'ForAllValues' : ifExists !== undefined || known.negative === true
    return set === 'ForAnyValue' ? actual.some(holds) : actual.every(holds)
  }
}

/** As conditions read it: keys in lower case, each with a list. */
export const contextMap = (context: Context): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]))
