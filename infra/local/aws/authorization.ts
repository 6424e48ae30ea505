import type { LocalAssembly, LocalPrincipal } from '../types.ts'
import { type AccessLog, accessLog, servicePrincipal } from './access-log.ts'
import { AwsFault } from './aws-fault.ts'
import { type Context, contextMap } from './conditions.ts'
import type { Statement } from './policy-statements.ts'
import { resourcePolicies } from './resource-policies.ts'
import { rolePolicies, trustPolicies } from './role-policies.ts'

/** One thing that a call needs to be allowed. */
export interface AccessCheck {
  /** As in policies: `dynamodb:PutItem`. */
  readonly action: string
  /** ARN, or `*` for actions that concern no resource. */
  readonly resource: string
  readonly context?: Context
}

/** One (action, resource) that a role's policies allow, and whether anybody needed it. */
export interface Grant {
  readonly roleArn: string
  /** Where the grant stands: `<stack>/<logical id>`. */
  readonly source: string
  readonly action: string
  readonly resource: string
  readonly used: boolean
}

/** Decides by the assembly's own policies, as AWS would, and records every decision. */
export interface Authorization extends Pick<AccessLog, 'calls' | 'denials'> {
  /** Throws AccessDeniedException, naming principal, action and resource, unless all is allowed. */
  demand(principal: LocalPrincipal, checks: readonly AccessCheck[]): void
  isAllowed(principal: LocalPrincipal, check: AccessCheck): boolean
  /** For a service that acts by itself, such as EventBridge sending to a queue: its policy must name service and source. */
  isServiceAllowed(service: string, sourceArn: string, check: AccessCheck): boolean
  /** Whether a service may take on the role for the source. Not recorded: it is no call of ours. */
  mayAssume(service: string, sourceArn: string, roleArn: string): boolean
  grants(): readonly Grant[]
}

type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

/** Services that take on roles of the assembly in the local run. */
const assumingServices = ['scheduler.amazonaws.com']

/** Throws StartUpError on any policy that it could not evaluate faithfully. */
export const authorization = (assembly: LocalAssembly): Authorization => {
  const ofRoles = rolePolicies(assembly)
  const ofResources = resourcePolicies(assembly)
  const trust = trustPolicies(assembly, assumingServices)
  const log = accessLog()
  const used = new Set<string>()
  const accountRoot = `arn:aws:iam::${assembly.account}:root`

  const policyOf = (resource: string) =>
    ofResources.get(resource) ?? ofResources.get(resource.split('/')[0] ?? '') ?? []

  const decide = (principal: LocalPrincipal, check: AccessCheck): Verdict => {
    const { action } = check
    const request = requestOf(check, {
      'aws:PrincipalArn': principal.roleArn,
      'aws:SecureTransport': 'true',
      ...check.context,
    })
    const matching = policyOf(check.resource).filter((statement) => request.meets(statement))
    const ownStatements = (ofRoles.get(principal.roleArn) ?? []).filter((statement) => request.meets(statement))
    const namesCaller = names('*', principal.roleArn)
    if (ownStatements.some(denies)) return denied('with an explicit deny in an identity-based policy')
    if (matching.some((statement) => denies(statement) && (namesCaller(statement) || names(accountRoot)(statement)))) {
      return denied('with an explicit deny in a resource-based policy')
    }
    if (matching.some((statement) => allows(statement) && namesCaller(statement))) return { allowed: true }
    // A key's policy decides alone; the usual one leaves it to the account's own policies.
    const leftToRoles =
      !action.startsWith('kms:') || matching.some((statement) => allows(statement) && names(accountRoot)(statement))
    if (!leftToRoles) return denied(`because no resource-based policy allows the ${action} action`)
    const granting = ownStatements.find(allows)
    if (!granting) return denied(`because no identity-based policy allows the ${action} action`)
    for (const grant of request.grantsIn(granting)) used.add(grantKey(principal.roleArn, granting, grant))
    return { allowed: true }
  }

  const record = (principal: LocalPrincipal, check: AccessCheck, verdict: Verdict): AwsFault | undefined => {
    const { action, resource, context = {} } = check
    const entry = { principal: principal.name, roleArn: principal.roleArn, action, resource, context }
    if (verdict.allowed) {
      log.allowed(entry)
      return undefined
    }
    const message = `User: ${userArn(assembly.account, principal)} is not authorized to perform: ${action} on resource: ${resource} ${verdict.reason}`
    log.denied({ ...entry, message })
    return new AwsFault('AccessDeniedException', message, 400)
  }

  return {
    calls: log.calls,
    denials: log.denials,
    demand(principal, checks) {
      for (const check of checks) {
        const fault = record(principal, check, decide(principal, check))
        if (fault) throw fault
      }
    },
    isAllowed: (principal, check) => !record(principal, check, decide(principal, check)),
    isServiceAllowed(service, sourceArn, check) {
      const context = serviceContext(sourceArn, assembly.account)
      const request = requestOf(check, { ...context, ...check.context })
      const matching = policyOf(check.resource).filter(
        (statement) => request.meets(statement) && names('*', service)(statement),
      )
      const allowed = matching.some(allows) && !matching.some(denies)
      const verdict = allowed
        ? { allowed }
        : denied(`because no resource-based policy allows the ${check.action} action`)
      return !record(servicePrincipal(service), { ...check, context: { ...context, ...check.context } }, verdict)
    },
    mayAssume(service, sourceArn, roleArn) {
      const request = requestOf({ action: 'sts:AssumeRole', resource: '' }, serviceContext(sourceArn, assembly.account))
      const matching = (trust.get(roleArn) ?? []).filter(
        (statement) => request.meets(statement) && names('*', service)(statement),
      )
      return matching.some(allows) && !matching.some(denies)
    },
    grants: () =>
      [...ofRoles].flatMap(([roleArn, statements]) =>
        statements.filter(allows).flatMap((statement) =>
          pairsOf(statement).map((pair) => ({
            roleArn,
            source: statement.source,
            ...pair,
            used: used.has(grantKey(roleArn, statement, pair)),
          })),
        ),
      ),
  }
}

interface Pair {
  readonly action: string
  readonly resource: string
}

const requestOf = ({ action, resource }: AccessCheck, context: Context) => {
  const known = contextMap(context)
  return {
    meets: (statement: Statement) =>
      statement.actions.some((pattern) => pattern.matches(action)) &&
      // Only trust policies have no resource: they speak of their own role.
      (statement.resources.length === 0 || statement.resources.some((pattern) => pattern.matches(resource))) &&
      statement.conditions.every((condition) => condition(known)),
    grantsIn: (statement: Statement): readonly Pair[] =>
      statement.actions
        .filter((pattern) => pattern.matches(action))
        .flatMap((granted) =>
          statement.resources
            .filter((pattern) => pattern.matches(resource))
            .map((pattern) => ({ action: granted.text, resource: pattern.text })),
        ),
  }
}

const serviceContext = (sourceArn: string, account: string): Context => ({
  'aws:SourceArn': sourceArn,
  'aws:SourceAccount': account,
  'aws:SecureTransport': 'true',
})

const denied = (reason: string) => ({ allowed: false, reason }) as const
const allows = ({ effect }: Statement) => effect === 'Allow'
const denies = ({ effect }: Statement) => effect === 'Deny'
const names =
  (...principals: readonly string[]) =>
  (statement: Statement) =>
    statement.principals.some((principal) => principals.includes(principal))

const pairsOf = ({ actions, resources }: Statement): readonly Pair[] =>
  actions.flatMap((action) => resources.map((resource) => ({ action: action.text, resource: resource.text })))

const grantKey = (roleArn: string, { source }: Statement, { action, resource }: Pair) =>
  `${roleArn} ${source} ${action} ${resource}`

/** As AWS names whoever has taken on a role; a function's session bears the function's name. */
const userArn = (account: string, { name, roleArn }: LocalPrincipal): string =>
  roleArn === ''
    ? name
    : `arn:aws:sts::${account}:assumed-role/${roleArn.split('/').at(-1)}/${name.replace(/^operator\//, '')}`
