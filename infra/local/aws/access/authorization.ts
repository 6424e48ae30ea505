import type { LocalAssembly, LocalPrincipal } from '../../types.ts'
import { AwsFault } from '../aws-fault.ts'
import { type AccessDenial, type AccessRecord, accessLog, servicePrincipal } from './access-log.ts'
import {
  type AccessCheck,
  allows,
  type Decision,
  decideForRole,
  decideForService,
  type Pair,
  pairsMeeting,
  pairsOf,
} from './policy-decision.ts'
import { resourcePolicies } from './resource-policies.ts'
import { rolePolicies, trustPolicies } from './role-policies.ts'

/** One (action, resource) that a role's policies allow, and whether it was used. */
interface Grant extends Pair {
  readonly roleArn: string
  /** The policy that contains the grant: `<stack>/<logical id>`. */
  readonly source: string
  readonly used: boolean
}

/** Evaluates the assembly's policies as AWS does, and records every decision. */
export interface Authorization {
  /** Throws AccessDeniedException, naming principal, action and resource, unless all is allowed. */
  authorize(principal: LocalPrincipal, checks: readonly AccessCheck[]): void
  isAllowed(principal: LocalPrincipal, check: AccessCheck): boolean
  /** For a service principal, such as EventBridge sending to a queue: the queue's policy must name service and source. */
  isServiceAllowed(service: string, sourceArn: string, check: AccessCheck): boolean
  /** Whether a service may assume the role for the source. Not recorded, as it is not a call of the service under test. */
  mayAssume(service: string, sourceArn: string, roleArn: string): boolean
  calls(): readonly AccessRecord[]
  denials(): readonly AccessDenial[]
  grants(): readonly Grant[]
}

/** Services that assume roles of the assembly in the local run. */
const assumingServices = ['scheduler.amazonaws.com']

/** Throws StartUpError on any policy that it cannot evaluate exactly. */
export const authorization = (assembly: LocalAssembly): Authorization => {
  const ofRoles = rolePolicies(assembly)
  const ofResources = resourcePolicies(assembly)
  const trust = trustPolicies(assembly, assumingServices)
  const log = accessLog()
  const used = new Set<string>()
  const accountRoot = `arn:aws:iam::${assembly.account}:root`

  /** A bucket policy also covers the bucket's objects. */
  const policyOf = (resource: string) =>
    ofResources.get(resource) ?? ofResources.get(resource.split('/')[0] ?? '') ?? []

  const decide = (principal: LocalPrincipal, check: AccessCheck): Decision => {
    const { roleArn } = principal
    const context = { 'aws:PrincipalArn': roleArn, 'aws:SecureTransport': 'true', ...check.context }
    const decision = decideForRole(
      { ...check, context },
      {
        roleArn,
        accountRoot,
        roleStatements: ofRoles.get(roleArn) ?? [],
        resourceStatements: policyOf(check.resource),
      },
    )
    if (decision.allowed && decision.by) {
      for (const pair of pairsMeeting(check, decision.by)) used.add(grantKey(roleArn, decision.by.source, pair))
    }
    return decision
  }

  const serviceCheck = (sourceArn: string, check: AccessCheck): AccessCheck => ({
    ...check,
    context: {
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': assembly.account,
      'aws:SecureTransport': 'true',
      ...check.context,
    },
  })

  /** The error to respond with if access is denied. */
  const record = (principal: LocalPrincipal, check: AccessCheck, decision: Decision): AwsFault | undefined => {
    const { action, resource, context = {} } = check
    const entry = { principal: principal.name, roleArn: principal.roleArn, action, resource, context }
    if (decision.allowed) {
      log.allowed(entry)
      return undefined
    }
    const user = userArn(assembly.account, principal)
    const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${decision.reason}`
    log.denied({ ...entry, message })
    return new AwsFault('AccessDeniedException', message)
  }

  return {
    authorize(principal, checks) {
      for (const check of checks) {
        const fault = record(principal, check, decide(principal, check))
        if (fault) throw fault
      }
    },
    isAllowed: (principal, check) => !record(principal, check, decide(principal, check)),
    isServiceAllowed(service, sourceArn, asked) {
      const check = serviceCheck(sourceArn, asked)
      return !record(servicePrincipal(service), check, decideForService(check, service, policyOf(check.resource)))
    },
    mayAssume(service, sourceArn, roleArn) {
      const check = serviceCheck(sourceArn, { action: 'sts:AssumeRole', resource: roleArn })
      return decideForService(check, service, trust.get(roleArn) ?? []).allowed
    },
    calls: () => log.calls(),
    denials: () => log.denials(),
    grants: () =>
      [...ofRoles].flatMap(([roleArn, statements]) =>
        statements.filter(allows).flatMap((statement) =>
          pairsOf(statement).map((pair) => ({
            roleArn,
            source: statement.source,
            ...pair,
            used: used.has(grantKey(roleArn, statement.source, pair)),
          })),
        ),
      ),
  }
}

const grantKey = (roleArn: string, source: string, { action, resource }: Pair) =>
  `${roleArn} ${source} ${action} ${resource}`

/** The assumed-role ARN, as AWS forms it; a function's session is named after the function. */
const userArn = (account: string, { name, roleArn }: LocalPrincipal): string =>
  roleArn === ''
    ? name
    : `arn:aws:sts::${account}:assumed-role/${roleArn.split('/').at(-1)}/${name.replace(/^operator\//, '')}`
