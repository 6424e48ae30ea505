import { describe, expect, test } from '@jest/globals'
import { authorization } from '../../../../../infra/local/aws/access/authorization.ts'
import type { LocalResource } from '../../../../../infra/local/types.ts'
import { account, allow, arn, assemblyOf, queue, queuePolicy, resource, role, tester } from '../support.ts'

const table = arn('dynamodb', 'table/accounts')
const read = { action: 'dynamodb:GetItem', resource: table }
const rule = arn('events', 'rule/some-rule')

const withRole = (...statements: readonly object[]) => authorization(assemblyOf(role('caller', ...statements)))

const keyArn = arn('kms', 'key/one')
const key = (statement?: object) =>
  resource(
    'AWS::KMS::Key',
    'one',
    statement && { KeyPolicy: { Version: '2012-10-17', Statement: [statement] } },
    keyArn,
  )

describe('permissions of a role', () => {
  test('are exactly the allowed actions on the allowed resources', () => {
    const access = withRole(allow('dynamodb:GetItem', table))
    expect(access.isAllowed(tester, read)).toBe(true)
    expect(access.isAllowed(tester, { ...read, action: 'dynamodb:PutItem' })).toBe(false)
    expect(access.isAllowed(tester, { ...read, resource: `${table}/index/bySession` })).toBe(false)
    expect(access.isAllowed({ ...tester, roleArn: 'arn:aws:iam::000000000000:role/other' }, read)).toBe(false)
  })

  test('wildcards stand for any characters, and actions ignore case', () => {
    const access = withRole(allow('DynamoDB:Get*', arn('dynamodb', 'table/*')))
    expect(access.isAllowed(tester, read)).toBe(true)
    expect(access.isAllowed(tester, { ...read, action: 'dynamodb:PutItem' })).toBe(false)
    expect(access.isAllowed(tester, { ...read, resource: table.replace('eu-west-1', 'eu-west-2') })).toBe(false)
  })

  test('an explicit deny wins over any allow', () => {
    const access = withRole(allow('dynamodb:*', '*'), { ...allow('dynamodb:GetItem', table), Effect: 'Deny' })
    expect(access.isAllowed(tester, read)).toBe(false)
    expect(access.denials()[0]?.message).toContain('with an explicit deny in an identity-based policy')
    expect(access.isAllowed(tester, { ...read, action: 'dynamodb:PutItem' })).toBe(true)
  })

  test('attached policies count like inline policies', () => {
    const document = { Version: '2012-10-17', Statement: [allow('dynamodb:GetItem', table)] }
    const attached = resource('AWS::IAM::Policy', 'policy', { Roles: ['caller'], PolicyDocument: document })
    expect(authorization(assemblyOf(role('caller'), attached)).isAllowed(tester, read)).toBe(true)
    expect(authorization(assemblyOf(role('caller'))).isAllowed(tester, read)).toBe(false)
  })

  test('a refusal names principal, action and resource as AWS does, and is recorded', () => {
    const access = withRole()
    expect(() => access.authorize(tester, [read])).toThrow(
      `User: arn:aws:sts::${account}:assumed-role/caller/test/caller is not authorized to perform: dynamodb:GetItem on resource: ${table} because no identity-based policy allows the dynamodb:GetItem action`,
    )
    expect(access.denials()).toMatchObject([{ principal: 'test/caller', ...read }])
    expect(access.calls()).toEqual([])
  })

  test('unused grants are distinguished from used ones', () => {
    const access = withRole(allow(['dynamodb:GetItem', 'dynamodb:PutItem'], table))
    access.isAllowed(tester, read)
    expect(access.grants().map(({ action, used }) => [action, used])).toEqual([
      ['dynamodb:GetItem', true],
      ['dynamodb:PutItem', false],
    ])
  })
})

describe('conditions', () => {
  const send = { action: 'ses:SendEmail', resource: '*' }
  const cases: [condition: object, context: Record<string, string | string[]>, allowed: boolean][] = [
    [{ StringEquals: { 'ses:FromAddress': 'a@b.c' } }, { 'ses:FromAddress': 'a@b.c' }, true],
    [{ StringEquals: { 'ses:FromAddress': 'a@b.c' } }, { 'ses:FromAddress': 'x@b.c' }, false],
    [{ StringEquals: { 'ses:FromAddress': 'a@b.c' } }, {}, false],
    [{ StringEquals: { 'SES:fromaddress': ['x@b.c', 'a@b.c'] } }, { 'ses:FromAddress': 'a@b.c' }, true],
    [{ StringLike: { 'ses:FromAddress': '*@b.c' } }, { 'ses:FromAddress': 'a@b.c' }, true],
    [{ StringNotEquals: { 'ses:FromAddress': 'a@b.c' } }, { 'ses:FromAddress': 'a@b.c' }, false],
    [{ StringNotEquals: { 'ses:FromAddress': 'a@b.c' } }, {}, true],
    [{ StringEqualsIfExists: { 'ses:FromAddress': 'a@b.c' } }, {}, true],
    [{ 'ForAllValues:StringLike': { 'ses:Recipients': '*@b.c' } }, { 'ses:Recipients': ['a@b.c', 'x@b.c'] }, true],
    [{ 'ForAllValues:StringLike': { 'ses:Recipients': '*@b.c' } }, { 'ses:Recipients': ['a@b.c', 'x@y.z'] }, false],
    [{ 'ForAnyValue:StringEquals': { 'ses:Recipients': 'x@y.z' } }, { 'ses:Recipients': ['a@b.c', 'x@y.z'] }, true],
    [{ 'ForAnyValue:StringEquals': { 'ses:Recipients': 'x@y.z' } }, {}, false],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, {}, true],
  ]
  test.each(cases)('%j with %j: %s', (condition, context, allowed) => {
    const access = withRole(allow('ses:SendEmail', '*', { Condition: condition }))
    expect(access.isAllowed(tester, { ...send, context })).toBe(allowed)
  })
})

describe('resource policies', () => {
  test('a key without a policy delegates to role policies', () => {
    const decrypt = { action: 'kms:Decrypt', resource: keyArn }
    expect(
      authorization(assemblyOf(key(), role('caller', allow('kms:Decrypt', keyArn)))).isAllowed(tester, decrypt),
    ).toBe(true)
    expect(authorization(assemblyOf(key(), role('caller'))).isAllowed(tester, decrypt)).toBe(false)
  })

  test('a key whose policy names another role denies roles that are allowed by their own policies', () => {
    const closed = key(allow('kms:*', '*', { Principal: { AWS: `arn:aws:iam::${account}:role/other` } }))
    const access = authorization(assemblyOf(closed, role('caller', allow('kms:Decrypt', keyArn))))
    expect(access.isAllowed(tester, { action: 'kms:Decrypt', resource: keyArn })).toBe(false)
    expect(access.denials()[0]?.message).toContain('because no resource-based policy allows the kms:Decrypt action')
  })

  test('a queue accepts messages only from the rule that its policy names', () => {
    const access = authorization(assemblyOf(queue('mails'), queuePolicy('mails', rule)))
    const send = { action: 'sqs:SendMessage', resource: arn('sqs', 'mails') }
    expect(access.isServiceAllowed('events.amazonaws.com', rule, send)).toBe(true)
    expect(access.isServiceAllowed('events.amazonaws.com', `${rule}-2`, send)).toBe(false)
    expect(access.isServiceAllowed('s3.amazonaws.com', rule, send)).toBe(false)
  })

  test("a bucket policy's deny of plain HTTP is ignored here, any other deny applies", () => {
    const bucket = resource('AWS::S3::Bucket', 'files', {}, 'arn:aws:s3:::files')
    const deny = (statement: object) =>
      resource('AWS::S3::BucketPolicy', 'policy', {
        Bucket: 'files',
        PolicyDocument: {
          Statement: [
            { ...allow('s3:*', 'arn:aws:s3:::files/*', { Principal: { AWS: '*' } }), Effect: 'Deny', ...statement },
          ],
        },
      })
    const get = { action: 's3:GetObject', resource: 'arn:aws:s3:::files/a.csv' }
    const caller = role('caller', allow('s3:GetObject', 'arn:aws:s3:::files/*'))
    const overTls = deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })
    expect(authorization(assemblyOf(bucket, overTls, caller)).isAllowed(tester, get)).toBe(true)
    expect(authorization(assemblyOf(bucket, deny({}), caller)).isAllowed(tester, get)).toBe(false)
  })

  test('a function is open to a service by its permission', () => {
    const target = resource('AWS::Lambda::Function', 'target', {}, arn('lambda', 'function:target'))
    const permission = resource('AWS::Lambda::Permission', 'permission', {
      FunctionName: target.arn,
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: rule,
    })
    const invoke = { action: 'lambda:InvokeFunction', resource: target.arn }
    expect(authorization(assemblyOf(target, permission)).isServiceAllowed('events.amazonaws.com', rule, invoke)).toBe(
      true,
    )
    expect(authorization(assemblyOf(target)).isServiceAllowed('events.amazonaws.com', rule, invoke)).toBe(false)
  })
})

describe('the start fails on', () => {
  const refused: [what: string, resource: LocalResource, words: string][] = [
    ['NotAction', role('r', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }), 'element NotAction'],
    ['NotResource', role('r', { Effect: 'Allow', Action: 's3:*', NotResource: '*' }), 'element NotResource'],
    [
      'an operator',
      role('r', allow('s3:*', '*', { Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } })),
      'operator DateLessThan',
    ],
    [
      'a condition key',
      role('r', allow('s3:*', '*', { Condition: { StringEquals: { 'aws:PrincipalTag/team': 'x' } } })),
      'key aws:principaltag/team',
    ],
    ['a policy variable', role('r', allow('s3:*', 'arn:aws:s3:::files/${aws:userid}')), 'policy variables'],
    [
      'an old policy version',
      resource('AWS::IAM::Policy', 'p', { Roles: [], PolicyDocument: { Version: '2008-10-17' } }),
      'version "2008-10-17"',
    ],
    [
      "AWS's own policies",
      resource('AWS::IAM::Role', 'r', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      'AdministratorAccess',
    ],
    ['permissions boundaries', resource('AWS::IAM::Role', 'r', { PermissionsBoundary: 'arn:b' }), 'boundaries'],
    ['other kinds of principals', key(allow('kms:*', '*', { Principal: { Federated: 'x' } })), 'element Federated'],
  ]
  test.each(refused)('%s', (_, unknown, words) => {
    expect(() => authorization(assemblyOf(unknown))).toThrow(words)
    expect(() => authorization(assemblyOf(unknown))).toThrow(`test-stack/${unknown.logicalId}`)
  })
})
