import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { loadAssembly } from '../../../../infra/local/assembly/assembly.ts'
import { type HandMadeStack, handMadeAssembly, handMadeFunction } from '../../../support/hand-made-assembly.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const load = (stacks: Record<string, HandMadeStack>, functions: Record<string, string> = {}) => {
  const folder = handMadeAssembly(stacks, functions)
  folders.push(folder)
  return loadAssembly(folder, { awsUrl: 'http://127.0.0.1:4566', generatedSecret: (arn) => `secret of ${arn}` })
}

/** One function whose environment holds the expressions; gives what they become. */
const resolved = (expressions: Record<string, unknown>, more: Partial<HandMadeStack> = {}) => {
  const assembly = load({
    one: {
      ...more,
      Resources: { ...more.Resources, Fn: handMadeFunction('fn', { Environment: { Variables: expressions } }) },
    },
  })
  const [lambda] = assembly.ofType('AWS::Lambda::Function')
  const { Variables } = (lambda?.properties.Environment ?? {}) as { Variables?: Record<string, unknown> }
  return Variables
}

const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'mails' } }

describe('the resolved assembly', () => {
  test('gives each resource the identifiers that AWS would give it', () => {
    const assembly = load({
      one: { Resources: { Named: queue, Unnamed: { Type: 'AWS::SQS::Queue' }, Files: { Type: 'AWS::S3::Bucket' } } },
    })
    expect(assembly.resources.map(({ id, arn }) => [id, arn])).toEqual([
      ['http://127.0.0.1:4566/000000000000/mails', 'arn:aws:sqs:eu-west-1:000000000000:mails'],
      ['http://127.0.0.1:4566/000000000000/one-Unnamed', 'arn:aws:sqs:eu-west-1:000000000000:one-Unnamed'],
      ['one-files', 'arn:aws:s3:::one-files'],
    ])
    expect(assembly.byArn('arn:aws:sqs:eu-west-1:000000000000:mails')?.logicalId).toBe('Named')
  })

  test('resolves every expression used in CDK templates', () => {
    expect(
      resolved(
        {
          url: { Ref: 'Mails' },
          name: { 'Fn::GetAtt': ['Mails', 'QueueName'] },
          joined: { 'Fn::Join': ['/', ['a', { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Region' }]] },
          substituted: { 'Fn::Sub': ['${Mails.Arn} ${own} ${!kept} ${AWS::Partition}', { own: 'mine' }] },
          selected: { 'Fn::Select': [1, { 'Fn::Split': ['-', 'x-y-z'] }] },
          chosen: { 'Fn::If': ['IsEurope', 'here', 'there'] },
          dropped: { Ref: 'AWS::NoValue' },
          parameter: { Ref: 'Size' },
          mapped: { 'Fn::FindInMap': ['Sizes', 'eu', 'large'] },
        },
        {
          Resources: { Mails: queue },
          Parameters: { Size: { Default: '3' } },
          Mappings: { Sizes: { eu: { large: 'L' } } },
          Conditions: { IsEurope: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }] } },
        },
      ),
    ).toEqual({
      url: 'http://127.0.0.1:4566/000000000000/mails',
      name: 'mails',
      joined: 'a/000000000000/eu-west-1',
      substituted: 'arn:aws:sqs:eu-west-1:000000000000:mails mine ${kept} aws',
      selected: 'y',
      chosen: 'here',
      parameter: '3',
      mapped: 'L',
    })
  })

  test('resolves references between stacks', () => {
    const assembly = load({
      user: {
        Resources: { Fn: handMadeFunction('fn', { Role: { 'Fn::ImportValue': 'data:Role' } }) },
        Outputs: { Address: { Value: { Ref: 'Fn' } } },
      },
      data: {
        Resources: { Role: { Type: 'AWS::IAM::Role' } },
        Outputs: {
          Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] }, Export: { Name: { 'Fn::Sub': 'data:Role' } } },
        },
      },
    })
    const [lambda] = assembly.ofType('AWS::Lambda::Function')
    expect(lambda?.properties.Role).toBe('arn:aws:iam::000000000000:role/data-Role')
    expect(assembly.outputs).toMatchObject({ 'user.Address': 'fn' })
  })

  test('generates a secret once, for all references and for its value', () => {
    const secret = { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } }
    const reference = ['{{resolve:secretsmanager:', { Ref: 'Origin' }, ':SecretString:::}}']
    const assembly = load({
      one: {
        Resources: {
          Origin: secret,
          Fn: handMadeFunction('fn', { Environment: { Variables: { ORIGIN: { 'Fn::Join': ['', reference] } } } }),
        },
      },
    })
    const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:one-Origin-LOCAL1'
    expect(assembly.byArn(arn)?.properties.SecretString).toBe(`secret of ${arn}`)
    expect(assembly.ofType('AWS::Lambda::Function')[0]?.properties.Environment).toEqual({
      Variables: { ORIGIN: `secret of ${arn}` },
    })
  })

  test('omits resources whose condition is false, and ignored types', () => {
    const assembly = load({
      one: {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { Off: { ...queue, Condition: 'Never' }, Alarm: { Type: 'AWS::CloudWatch::Alarm' }, Mails: queue },
      },
    })
    expect(assembly.resources.map(({ logicalId }) => logicalId)).toEqual(['Mails'])
  })

  test('omits deployment helpers, with the roles and policies that only they use', () => {
    const role = { Type: 'AWS::IAM::Role' }
    const policyOf = (...roles: string[]) => ({
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyDocument: {}, Roles: roles.map((name) => ({ Ref: name })) },
    })
    const roleOf = (name: string) => ({ Role: { 'Fn::GetAtt': [name, 'Arn'] } })
    const assembly = load({
      one: {
        Resources: {
          Deployment: {
            Type: 'Custom::CDKBucketDeployment',
            Properties: { ServiceToken: { 'Fn::GetAtt': ['Helper', 'Arn'] } },
          },
          Helper: handMadeFunction('helper', { Runtime: 'python3.13', ...roleOf('HelpersRole') }),
          HelpersRole: role,
          HelpersPolicy: policyOf('HelpersRole'),
          Ours: handMadeFunction('ours', roleOf('OurRole')),
          OurRole: role,
          OurPolicy: policyOf('OurRole'),
          SharedPolicy: policyOf('OurRole', 'HelpersRole'),
        },
      },
    })
    expect(assembly.resources.map(({ logicalId }) => logicalId)).toEqual([
      'Deployment',
      'Ours',
      'OurRole',
      'OurPolicy',
      'SharedPolicy',
    ])
  })

  test('finds an output of a stack in another region', () => {
    const output = { 'Fn::GetStackOutput': { StackName: 'edge', OutputName: 'Wall', Region: 'us-east-1' } }
    const assembly = load({
      one: { Resources: { Fn: handMadeFunction('fn', { Description: output }) } },
      edge: { Resources: { Mails: queue }, Outputs: { Wall: { Value: { 'Fn::GetAtt': ['Mails', 'QueueName'] } } } },
    })
    expect(assembly.ofType('AWS::Lambda::Function')[0]?.properties.Description).toBe('mails')
  })

  test('finds the code of a function, and the stage by the name of its bus', () => {
    const assembly = load(
      {
        one: {
          Resources: {
            Fn: handMadeFunction('fn'),
            Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'results-service-dev' } },
          },
        },
      },
      { fn: 'exports.handler = async () => {}' },
    )
    const [lambda] = assembly.ofType('AWS::Lambda::Function')
    expect(lambda && assembly.codeOf(lambda)).toBe(join(folders[0] ?? '', 'asset.fn'))
    expect(assembly).toMatchObject({ stage: 'dev', region: 'eu-west-1', account: '000000000000' })
  })

  test.each([
    ['a resource type that it does not run', { T: { Type: 'AWS::EC2::Instance' } }, 'AWS::EC2::Instance (T)'],
    [
      'a function of templates that is not supported',
      { T: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Cidr': [] } } } },
      'Fn::Cidr',
    ],
    [
      'an attribute that is not supported',
      { T: { Type: 'AWS::SQS::Queue', Properties: { Other: { 'Fn::GetAtt': ['T', 'Colour'] } } } },
      'Colour',
    ],
    [
      'a value that nobody exports',
      { T: { Type: 'AWS::SQS::Queue', Properties: { Other: { 'Fn::ImportValue': 'x' } } } },
      'exports x',
    ],
    [
      'a name that stands for nothing',
      { T: { Type: 'AWS::SQS::Queue', Properties: { Other: { Ref: 'Nobody' } } } },
      'Nobody',
    ],
  ])('refuses to start on %s, naming it', (_, Resources, message) => {
    expect(() => load({ one: { Resources } })).toThrow(message)
  })

  test('names the searched folder if there is no assembly', () => {
    expect(() => loadAssembly('/nowhere', { awsUrl: '', generatedSecret: String })).toThrow('no assembly in /nowhere')
  })
})
