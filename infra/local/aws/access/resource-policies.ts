import { StartUpError } from '../../start-up-error.ts'
import type { LocalAssembly, LocalResource } from '../../types.ts'
import { parsePolicy, parseStatement, type Statement } from './policy-statements.ts'
import { nameOf } from './role-policies.ts'

/** Resource policies of queues, buckets, keys, buses, secrets and functions, by the ARN of the resource. */
export type ResourcePolicies = ReadonlyMap<string, readonly Statement[]>

/** Throws StartUpError on anything that can't be evaluated. */
export const resourcePolicies = (assembly: LocalAssembly): ResourcePolicies => {
  refusePoliciesWithin(assembly, 'AWS::DynamoDB::Table', 'ResourcePolicy')
  refusePoliciesWithin(assembly, 'AWS::Events::EventBus', 'Policy')
  const policies = new Map<string, readonly Statement[]>()
  const add = (arn: string | undefined, statements: readonly Statement[]) => {
    if (arn) policies.set(arn, [...(policies.get(arn) ?? []), ...statements])
  }
  const arnOf = (type: string, reference: unknown) =>
    assembly.ofType(type).find(({ id, arn }) => id === reference || arn === reference)?.arn

  for (const key of assembly.ofType('AWS::KMS::Key')) add(key.arn, keyPolicy(key, assembly.account))
  for (const policy of assembly.ofType('AWS::SQS::QueuePolicy')) {
    const statements = parsePolicy(policy.properties.PolicyDocument, nameOf(policy))
    for (const queue of policy.properties.Queues as string[]) add(arnOf('AWS::SQS::Queue', queue), statements)
  }
  for (const policy of assembly.ofType('AWS::S3::BucketPolicy')) {
    add(
      arnOf('AWS::S3::Bucket', policy.properties.Bucket),
      parsePolicy(policy.properties.PolicyDocument, nameOf(policy)),
    )
  }
  for (const policy of assembly.ofType('AWS::SecretsManager::ResourcePolicy')) {
    add(
      arnOf('AWS::SecretsManager::Secret', policy.properties.SecretId),
      parsePolicy(policy.properties.ResourcePolicy, nameOf(policy)),
    )
  }
  for (const policy of assembly.ofType('AWS::Events::EventBusPolicy')) {
    add(arnOf('AWS::Events::EventBus', policy.properties.EventBusName), [
      parseStatement(policy.properties.Statement as Record<string, unknown>, nameOf(policy)),
    ])
  }
  for (const permission of assembly.ofType('AWS::Lambda::Permission')) {
    const lambda = arnOf('AWS::Lambda::Function', permission.properties.FunctionName)
    if (lambda) add(lambda, [functionPermission(permission, lambda)])
  }
  return policies
}

/** A key without a policy delegates to IAM policies, as AWS's default key policy does. */
const keyPolicy = (key: LocalResource, account: string): readonly Statement[] =>
  parsePolicy(
    key.properties.KeyPolicy ?? {
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    },
    nameOf(key),
  )

const functionPermission = (permission: LocalResource, functionArn: string): Statement => {
  const { Action, Principal, SourceArn, SourceAccount, FunctionName: _, ...others } = permission.properties
  const [unknown] = Object.keys(others)
  if (unknown)
    throw new StartUpError(`${nameOf(permission)}: the local run does not support the permission's ${unknown}`)
  return parseStatement(
    {
      Effect: 'Allow',
      Action,
      Principal: { AWS: Principal },
      Resource: functionArn,
      Condition: {
        ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
        ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
      },
    },
    nameOf(permission),
  )
}

const refusePoliciesWithin = (assembly: LocalAssembly, type: string, property: string): void => {
  const found = assembly.ofType(type).find(({ properties }) => properties[property] !== undefined)
  if (found) throw new StartUpError(`${nameOf(found)}: the local run does not support ${property} of ${type}`)
}
