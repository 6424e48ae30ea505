import { ArnFormat, Duration, Stack } from 'aws-cdk-lib'
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { operations } from '../../shared/contracts/http.ts'
import { acknowledgeWildcard } from './acknowledge.ts'

/**
 * The role of operators, separate from the deploying one: it may call the ops routes and describe their stack, and nothing
 * else. A person assumes it with MFA, and the session name must be their own user name, by which two people are
 * distinguished (R63).
 */
export const operatorRole = (scope: Construct, apiId: string): Role => {
  const role = new Role(scope, 'operator', {
    description: 'Imports, releases and reports of the results service',
    maxSessionDuration: Duration.hours(4),
    assumedBy: new AccountRootPrincipal().withConditions({
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      // An IAM policy variable, resolved when the role is assumed.
      StringLike: { 'sts:RoleSessionName': '${aws:username}' },
    }),
  })
  // The ops command line finds the API by the stack's outputs, with the credentials of this role. Asked by its name, AWS
  // takes the stack for `<name>/*`, which no policy with the stack's own id matches.
  const stack = Stack.of(scope).formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${Stack.of(scope).stackName}/*`,
  })
  role.addToPolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack] }))
  acknowledgeWildcard(role, stack, 'The pattern stands for the ids that AWS gives this one stack.')
  for (const resourceName of routesOfOperators()) {
    const route = Stack.of(scope).formatArn({
      service: 'execute-api',
      resource: apiId,
      resourceName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    })
    role.addToPolicy(new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [route] }))
    if (route.includes('*'))
      acknowledgeWildcard(role, route, 'The path names a session or an import, of which operators may take any.')
  }
  return role
}

/** A pattern that ends in `*` stands for all that lies below, too, which then needs no pattern of its own. */
const routesOfOperators = (): readonly string[] => {
  const all = Object.values(operations)
    .filter(({ access }) => access === 'operator')
    .map(({ method, path }) => `$default/${method}${path.replace(/\{\w+\}/g, '*')}`)
  const isBelow = (route: string, other: string) =>
    other !== route && other.endsWith('*') && route.startsWith(other.slice(0, -1))
  return [...new Set(all)].filter((route) => !all.some((other) => isBelow(route, other)))
}
