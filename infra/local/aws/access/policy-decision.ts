import { type Context, contextMap } from './conditions.ts'
import type { Statement } from './policy-statements.ts'

/** One access check: an action on a resource. */
export interface AccessCheck {
  /** IAM action, such as `dynamodb:PutItem`. */
  readonly action: string
  /** ARN, or `*` for actions that concern no resource. */
  readonly resource: string
  readonly context?: Context
}

/** The policies' decision on a check. */
export type Decision =
  | { readonly allowed: true /** The role's statement that allowed it, if one was needed. */; readonly by?: Statement }
  | { readonly allowed: false; readonly reason: string }

/** One action on one resource, as written in a statement. */
export interface Pair {
  readonly action: string
  readonly resource: string
}

/** Decides for a caller with an assumed role, as AWS does within one account: an explicit deny anywhere wins. */
export const decideForRole = (
  check: AccessCheck,
  caller: {
    readonly roleArn: string
    readonly accountRoot: string
    readonly roleStatements: readonly Statement[]
    readonly resourceStatements: readonly Statement[]
  },
): Decision => {
  const { action } = check
  const meets = meeting(check)
  const own = caller.roleStatements.filter(meets)
  const onResource = caller.resourceStatements.filter(meets)
  const toCaller = onResource.filter(speaksOf('*', caller.roleArn))
  const toAccount = onResource.filter(speaksOf(caller.accountRoot))
  if (own.some(denies)) return refused('with an explicit deny in an identity-based policy')
  if ([...toCaller, ...toAccount].some(denies)) return refused('with an explicit deny in a resource-based policy')
  if (toCaller.some(allows)) return { allowed: true }
  // A key policy decides alone; the default one delegates to the account's IAM policies.
  if (action.startsWith('kms:') && !toAccount.some(allows)) return noResourcePolicy(action)
  const by = own.find(allows)
  return by ? { allowed: true, by } : refused(`because no identity-based policy allows the ${action} action`)
}

/** Decides for a service principal: the resource's policy (or the role's trust policy) must name it. */
export const decideForService = (check: AccessCheck, service: string, statements: readonly Statement[]): Decision => {
  const matching = statements.filter(meeting(check)).filter(speaksOf('*', service))
  return matching.some(allows) && !matching.some(denies) ? { allowed: true } : noResourcePolicy(check.action)
}

/** The statement's actions and resources that match the check. */
export const pairsMeeting = ({ action, resource }: AccessCheck, statement: Statement): readonly Pair[] =>
  pairs(
    statement.actions.filter((pattern) => pattern.matches(action)),
    statement.resources.filter((pattern) => pattern.matches(resource)),
  )

/** Every combination of the statement's actions and resources. */
export const pairsOf = ({ actions, resources }: Statement): readonly Pair[] => pairs(actions, resources)

export const allows = ({ effect }: Statement): boolean => effect === 'Allow'
const denies = ({ effect }: Statement) => effect === 'Deny'

const meeting = ({ action, resource, context = {} }: AccessCheck) => {
  const known = contextMap(context)
  return (statement: Statement) =>
    statement.actions.some((pattern) => pattern.matches(action)) &&
    // Only trust policies have no Resource element: they apply to their own role.
    (statement.resources.length === 0 || statement.resources.some((pattern) => pattern.matches(resource))) &&
    statement.conditions.every((condition) => condition(known))
}

const speaksOf =
  (...principals: readonly string[]) =>
  (statement: Statement) =>
    statement.principals.some((principal) => principals.includes(principal))

const refused = (reason: string) => ({ allowed: false, reason }) as const
const noResourcePolicy = (action: string) => refused(`because no resource-based policy allows the ${action} action`)

const pairs = (actions: Statement['actions'], resources: Statement['resources']): readonly Pair[] =>
  actions.flatMap((action) => resources.map((resource) => ({ action: action.text, resource: resource.text })))
