import { authorization } from '../../infra/local/aws/access/authorization.ts'
import type { LocalAssembly, LocalResource } from '../../infra/local/types.ts'

/** One action on one resource that a policy of the assembly allows to a role. */
export interface Grant {
  /** The policy it stands in: `<stack>/<logical id>`. */
  readonly source: string
  readonly roleId: string
  readonly action: string
  readonly resource: string
}

/** One kind of call that the local run has allowed (`/access.json`). */
export interface RecordedCall {
  readonly principal: string
  readonly roleArn: string
  readonly action: string
  readonly resource: string
  readonly context: Readonly<Record<string, string>>
}

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
}

/** Every grant of the assembly's role policies. */
export const grantsOf = (assembly: LocalAssembly): Grant[] =>
  policies(assembly).flatMap((policy) =>
    statementsOf(policy)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) =>
        pairs(statement).map((pair) => ({ ...pair, source: sourceOf(policy), roleId: roleOf(policy) })),
      ),
  )

/** The assembly as it would be without one grant. */
export const withoutGrant = (assembly: LocalAssembly, grant: Grant): LocalAssembly => {
  const resources = assembly.resources.map((resource) =>
    sourceOf(resource) === grant.source ? without(resource, grant) : resource,
  )
  return { ...assembly, resources, ofType: (type) => resources.filter((resource) => resource.type === type) }
}

/** Those of the calls that the assembly refuses. */
export const refusedBy = (assembly: LocalAssembly, calls: readonly RecordedCall[]): RecordedCall[] => {
  const decide = authorization(assembly)
  return calls.filter(({ principal, roleArn, ...check }) => !decide.isAllowed({ name: principal, roleArn }, check))
}

const policies = (assembly: LocalAssembly) => assembly.ofType('AWS::IAM::Policy')
const sourceOf = ({ stack, logicalId }: LocalResource) => `${stack}/${logicalId}`
const roleOf = ({ properties }: LocalResource) => String((properties.Roles as unknown[])[0])
const statementsOf = ({ properties }: LocalResource): readonly Statement[] =>
  [(properties.PolicyDocument as { Statement: Statement | Statement[] }).Statement].flat()

const pairs = ({ Action, Resource }: Statement) =>
  [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource })))

const without = (policy: LocalResource, { action, resource }: Grant): LocalResource => ({
  ...policy,
  properties: {
    ...policy.properties,
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: statementsOf(policy).flatMap((statement) =>
        pairs(statement)
          .filter((pair) => pair.action !== action || pair.resource !== resource)
          .map((pair) => ({ ...statement, Action: pair.action, Resource: pair.resource })),
      ),
    },
  },
})
