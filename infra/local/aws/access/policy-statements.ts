import { StartUpError } from '../../start-up-error.ts'
import { type Condition, parseConditions } from './conditions.ts'
import { type Wildcard, wildcard } from './wildcard.ts'

/** One parsed statement of an IAM policy. */
export interface Statement {
  /** The assembly's resource that contains it: `<stack>/<logical id>`. */
  readonly source: string
  readonly effect: 'Allow' | 'Deny'
  readonly actions: readonly Wildcard[]
  readonly resources: readonly Wildcard[]
  /** ARNs, services or `*`; empty in a role's policy. */
  readonly principals: readonly string[]
  readonly conditions: readonly Condition[]
}

/** Parses a policy document. Throws StartUpError on any unsupported element that would change its meaning. */
export const parsePolicy = (document: unknown, source: string): readonly Statement[] => {
  const { Version, Id: _, Statement = [], ...others } = document as Record<string, unknown>
  refuseUnknown(others, source)
  if (Version !== undefined && Version !== '2012-10-17') {
    throw new StartUpError(`${source}: the local run does not support policies of version ${JSON.stringify(Version)}`)
  }
  return [Statement].flat().map((statement) => parseStatement(statement as Record<string, unknown>, source))
}

/** Parses one statement; see `parsePolicy`. */
export const parseStatement = (statement: Readonly<Record<string, unknown>>, source: string): Statement => {
  const { Sid: _, Effect, Action, Resource, Principal, Condition: conditions, ...others } = statement
  refuseUnknown(others, source)
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new StartUpError(`${source}: a statement without an effect`)
  const resources = texts(Resource)
  if (resources.some((resource) => resource.includes('${'))) {
    throw new StartUpError(`${source}: the local run does not support policy variables such as ${resources.join(', ')}`)
  }
  return {
    source,
    effect: Effect,
    actions: texts(Action).map((action) => wildcard(action, { ignoreCase: true })),
    resources: resources.map((resource) => wildcard(resource)),
    principals: parsePrincipals(Principal, source),
    conditions: parseConditions(conditions, source),
  }
}

const parsePrincipals = (principal: unknown, source: string): readonly string[] => {
  if (principal === undefined || principal === '*') return texts(principal)
  const { AWS, Service, ...others } = principal as Record<string, unknown>
  refuseUnknown(others, source)
  return [...texts(AWS), ...texts(Service)]
}

const texts = (value: unknown): readonly string[] => (value === undefined ? [] : [value].flat().map(String))

const refuseUnknown = (others: Readonly<Record<string, unknown>>, source: string): void => {
  const [unknown] = Object.keys(others)
  if (unknown) throw new StartUpError(`${source}: the local run does not support the policy element ${unknown}`)
}
