import { StartUpError } from '../../start-up-error.ts'
import type { LocalAssembly, LocalResource } from '../../types.ts'
import { parsePolicy, type Statement } from './policy-statements.ts'

/** AWS managed policies that only concern log groups and traces, which the local run does not have. */
const harmlessManagedPolicies = ['service-role/AWSLambdaBasicExecutionRole', 'AWSXRayDaemonWriteAccess']

/** The policy statements of each role, by the role's ARN. Throws StartUpError on anything that cannot be evaluated. */
export const rolePolicies = (assembly: LocalAssembly): ReadonlyMap<string, readonly Statement[]> => {
  const attached = [
    ...assembly.ofType('AWS::IAM::Policy'),
    ...assembly.ofType('AWS::IAM::ManagedPolicy'),
    ...assembly.ofType('AWS::IAM::RolePolicy'),
  ].map((policy) => ({
    policy,
    roles: rolesOf(policy),
    statements: parsePolicy(policy.properties.PolicyDocument, nameOf(policy)),
  }))
  return new Map(
    assembly
      .ofType('AWS::IAM::Role')
      .map((role) => [
        role.arn,
        [
          ...inlinePolicies(role),
          ...attached
            .filter(({ policy, roles }) => roles.includes(role.id) || managedPoliciesOf(role).includes(policy.arn))
            .flatMap(({ statements }) => statements),
        ],
      ]),
  )
}

/** Trust policies of the roles that name one of these services, by the role's ARN. Throws StartUpError as above. */
export const trustPolicies = (
  assembly: LocalAssembly,
  services: readonly string[],
): ReadonlyMap<string, readonly Statement[]> =>
  new Map(
    assembly
      .ofType('AWS::IAM::Role')
      .filter((role) => {
        const trust = JSON.stringify(role.properties.AssumeRolePolicyDocument ?? {})
        return services.some((service) => trust.includes(service))
      })
      .map((role) => [
        role.arn,
        // A trust policy has no Resource element: it applies to its own role.
        parsePolicy(role.properties.AssumeRolePolicyDocument, nameOf(role)),
      ]),
  )

/** A resource's label in messages and lists of grants. */
export const nameOf = (resource: LocalResource): string => `${resource.stack}/${resource.logicalId}`

const rolesOf = ({ properties }: LocalResource): readonly unknown[] => [properties.Roles ?? properties.RoleName].flat()

const managedPoliciesOf = ({ properties }: LocalResource): readonly string[] =>
  (properties.ManagedPolicyArns as string[] | undefined) ?? []

const inlinePolicies = (role: LocalResource): readonly Statement[] => {
  if (role.properties.PermissionsBoundary) {
    throw new StartUpError(`${nameOf(role)}: the local run does not support permissions boundaries`)
  }
  const unknown = managedPoliciesOf(role).find(
    (arn) => arn.includes(':iam::aws:policy/') && !harmlessManagedPolicies.some((name) => arn.endsWith(`/${name}`)),
  )
  if (unknown) throw new StartUpError(`${nameOf(role)}: the local run does not support what ${unknown} allows`)
  const policies = (role.properties.Policies as { PolicyDocument: unknown }[] | undefined) ?? []
  return policies.flatMap(({ PolicyDocument }) => parsePolicy(PolicyDocument, nameOf(role)))
}
