import { join } from 'node:path'
import { handMadeAssembly, handMadeFunction } from './hand-made-assembly.ts'

interface Deployed {
  readonly source: string
  /** `METHOD /api/…`; a function without one is only called by others. */
  readonly route?: string
  /** Of its own role. */
  readonly allow?: readonly { readonly Action: string | string[]; readonly Resource: unknown }[]
  readonly more?: Record<string, unknown>
}

const role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
  },
}

const resourcesOf = (name: string, { route, allow = [], more }: Deployed) => ({
  [`${name}Role`]: role,
  [`${name}Policy`]: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyDocument: { Statement: allow.map((grant) => ({ Effect: 'Allow', ...grant })) },
      Roles: [{ Ref: `${name}Role` }],
    },
  },
  [name]: handMadeFunction(name, { Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] }, Timeout: 10, ...more }),
  ...(route && {
    [`${name}Route`]: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { RouteKey: route, Target: { 'Fn::Join': ['/', ['integrations', { Ref: `${name}Integration` }]] } },
    },
    [`${name}Integration`]: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        IntegrationType: 'AWS_PROXY',
        PayloadFormatVersion: '2.0',
        IntegrationUri: { 'Fn::GetAtt': [name, 'Arn'] },
      },
    },
    [`${name}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [name, 'Arn'] },
        Principal: 'apigateway.amazonaws.com',
      },
    },
  }),
})

/** A small service: pages, an HTTP API with these functions behind it, and what else its stack holds. */
export const handMadeSite = (functions: Readonly<Record<string, Deployed>>, resources: object = {}): string => {
  const Origins = [
    { Id: 'pages', DomainName: { 'Fn::GetAtt': ['Pages', 'RegionalDomainName'] } },
    { Id: 'api', DomainName: { 'Fn::Join': ['', [{ Ref: 'Api' }, '.execute-api.eu-west-1.amazonaws.com']] } },
  ]
  const sources = Object.entries(functions).map(([name, { source }]) => [name, source])
  return handMadeAssembly(
    {
      one: {
        Resources: {
          Api: { Type: 'AWS::ApiGatewayV2::Api' },
          Pages: { Type: 'AWS::S3::Bucket' },
          Files: {
            Type: 'Custom::CDKBucketDeployment',
            Properties: { SourceObjectKeys: ['pages.zip'], DestinationBucketName: { Ref: 'Pages' } },
          },
          Site: {
            Type: 'AWS::CloudFront::Distribution',
            Properties: {
              DistributionConfig: {
                DefaultCacheBehavior: { TargetOriginId: 'pages' },
                CacheBehaviors: [{ PathPattern: '/api/*', TargetOriginId: 'api', AllowedMethods: ['GET', 'POST'] }],
                Origins,
              },
            },
          },
          ...Object.assign({}, ...Object.entries(functions).map(([name, deployed]) => resourcesOf(name, deployed))),
          ...resources,
        },
      },
    },
    { ...Object.fromEntries(sources), pages: '// a page' },
  )
}

const project = join(import.meta.dirname, '../..')

/** The start of a function's source that gives it `aws`, the SDK's DynamoDB client, which a deployed one brings along. */
export const withDynamoDb = `const aws = require(${JSON.stringify(join(project, 'node_modules/@aws-sdk/client-dynamodb'))})\n`
