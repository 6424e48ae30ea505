import { StartUpError } from '../../start-up-error.ts'
import { wildcard } from './wildcard.ts'

/** The condition context of a request: values by condition key, such as `aws:SourceArn`. */
export type Context = Readonly<Record<string, string | readonly string[]>>

/** Evaluates one element of a statement's `Condition`. */
export type Condition = (context: ReadonlyMap<string, readonly string[]>) => boolean

type Compare = (actual: string, expected: string) => boolean

const like: Compare = (actual, expected) => wildcard(expected).matches(actual)
const same: Compare = (actual, expected) => actual === expected

/** Negated operators hold if no expected value matches, including when the key is absent. */
const operators: Readonly<Record<string, { readonly compare: Compare; readonly negative?: true }>> = {
  StringEquals: { compare: same },
  StringNotEquals: { compare: same, negative: true },
  StringLike: { compare: like },
  StringNotLike: { compare: like, negative: true },
  ArnEquals: { compare: like },
  ArnLike: { compare: like },
  Bool: { compare: same },
}

/** Supported keys, in lower case; with any other key a condition would silently never (or always) hold. */
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

/** Parses a statement's `Condition`; all elements must hold. Throws StartUpError on an unsupported operator or key. */
export const parseConditions = (condition: unknown, source: string): readonly Condition[] =>
  Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, expected]) => parseCondition(operator, key.toLowerCase(), expected, source)),
  )

const parseCondition = (operator: string, key: string, expected: unknown, source: string): Condition => {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? []
  const known = operators[name]
  if (!known) throw new StartUpError(`${source}: the local run does not support the condition operator ${operator}`)
  if (!isKnown(key)) throw new StartUpError(`${source}: the local run does not support the condition key ${key}`)
  const values = [expected].flat().map(String)
  if (values.some((value) => value.includes('${'))) {
    throw new StartUpError(`${source}: the local run does not support policy variables such as ${values.join(', ')}`)
  }
  const holds = (actual: string) => values.some((value) => known.compare(actual, value)) !== (known.negative ?? false)
  return (context) => {
    const actual = context.get(key)
    if (!actual) return set ? set === 'ForAllValues' : ifExists !== undefined || known.negative === true
    return set === 'ForAnyValue' ? actual.some(holds) : actual.every(holds)
  }
}

/** The context with keys in lower case and all values as lists. */
export const contextMap = (context: Context): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]))
