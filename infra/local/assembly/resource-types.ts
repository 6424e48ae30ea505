/** The input from which a resource's identifiers are derived. */
export interface ResourceContext {
  readonly stack: string
  readonly logicalId: string
  /** The name set in the template, else `<stack>-<logicalId>`. */
  readonly name: string
  readonly region: string
  readonly account: string
  /** Where the local run's AWS endpoint listens. */
  readonly awsUrl: string
  readonly property: (name: string) => unknown
}

/** How CloudFormation identifies resources of one type. */
export interface ResourceType {
  /** The property that names the resource. */
  readonly nameProperty?: string
  /** The value of `Ref`; the name if absent. */
  readonly ref?: (resource: ResourceContext) => string
  readonly arn?: (resource: ResourceContext) => string
  /** Values of `Fn::GetAtt` other than `Arn`. */
  readonly attributes?: Readonly<Record<string, (resource: ResourceContext) => string>>
}

const name = (resource: ResourceContext) => resource.name
const arn =
  (service: string, path: (resource: ResourceContext) => string = name, { global = false } = {}) =>
  (resource: ResourceContext) =>
    `arn:aws:${service}:${global ? '' : resource.region}:${resource.account}:${path(resource)}`
/** A short identifier like those AWS generates, but deterministic. */
const generatedId = ({ stack, logicalId }: ResourceContext) =>
  `${stack}${logicalId}`.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

const lambdaArn = arn('lambda', ({ name }) => `function:${name}`)
const queueUrl = ({ awsUrl, account, name }: ResourceContext) => `${awsUrl}/${account}/${name}`
const tableArn = arn('dynamodb', ({ name }) => `table/${name}`)
const table: ResourceType = {
  nameProperty: 'TableName',
  arn: tableArn,
  attributes: { StreamArn: (resource) => `${tableArn(resource)}/stream/local` },
}
const bucketArn = ({ name }: ResourceContext) => `arn:aws:s3:::${name.toLowerCase()}`
const bucketDomain = ({ name }: ResourceContext) => `${name.toLowerCase()}.s3.amazonaws.com`
// AWS appends six random characters to a secret's ARN.
const secretArn = arn('secretsmanager', ({ name }) => `secret:${name}-LOCAL1`)
const ruleName = ({ name, property }: ResourceContext) =>
  property('EventBusName') ? `${String(property('EventBusName')).split('/').at(-1)}/${name}` : name

/** The resource types that the local run implements, or whose identifiers it needs. */
export const supportedTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': {
    ref: generatedId,
    arn: ({ region, ...rest }) => `arn:aws:apigateway:${region}::/apis/${generatedId({ region, ...rest })}`,
    attributes: {
      ApiId: generatedId,
      ApiEndpoint: (api) => `https://${generatedId(api)}.execute-api.${api.region}.amazonaws.com`,
    },
  },
  'AWS::ApiGatewayV2::Integration': {},
  'AWS::ApiGatewayV2::Route': {},
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName' },
  'AWS::CloudFront::Distribution': {
    ref: generatedId,
    arn: arn('cloudfront', (resource) => `distribution/${generatedId(resource)}`, { global: true }),
    attributes: { Id: generatedId, DomainName: (site) => `${generatedId(site)}.cloudfront.net` },
  },
  'AWS::CloudFront::ResponseHeadersPolicy': { attributes: { Id: name } },
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    arn: arn('events', ({ name }) => `event-bus/${name}`),
    attributes: { Name: name },
  },
  'AWS::Events::EventBusPolicy': {},
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    ref: ruleName,
    arn: arn('events', (rule) => `rule/${ruleName(rule)}`),
  },
  'AWS::IAM::ManagedPolicy': { arn: arn('iam', ({ name }) => `policy/${name}`, { global: true }) },
  'AWS::IAM::Policy': {},
  'AWS::IAM::RolePolicy': {},
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    arn: arn('iam', ({ name }) => `role/${name}`, { global: true }),
    attributes: { RoleId: generatedId },
  },
  'AWS::KMS::Alias': { nameProperty: 'AliasName', arn: arn('kms') },
  'AWS::KMS::Key': {
    ref: generatedId,
    arn: arn('kms', (key) => `key/${generatedId(key)}`),
    attributes: { KeyId: generatedId },
  },
  'AWS::Lambda::EventSourceMapping': { ref: generatedId, attributes: { Id: generatedId } },
  'AWS::Lambda::EventInvokeConfig': {},
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', arn: lambdaArn },
  'AWS::Lambda::Permission': {},
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    ref: ({ name }) => name.toLowerCase(),
    arn: bucketArn,
    attributes: { DomainName: bucketDomain, RegionalDomainName: bucketDomain },
  },
  'AWS::S3::BucketPolicy': {},
  'AWS::SES::ConfigurationSet': { nameProperty: 'Name', arn: arn('ses', ({ name }) => `configuration-set/${name}`) },
  'AWS::SES::ConfigurationSetEventDestination': { attributes: { Id: name } },
  'AWS::SES::EmailIdentity': { nameProperty: 'EmailIdentity', arn: arn('ses', ({ name }) => `identity/${name}`) },
  'AWS::SES::Template': {
    ref: ({ name, property }) => (property('Template') as { TemplateName?: string } | undefined)?.TemplateName ?? name,
    attributes: { Id: name },
  },
  'AWS::SQS::QueuePolicy': {},
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    arn: arn('sqs'),
    attributes: { QueueName: name, QueueUrl: queueUrl },
  },
  'AWS::Scheduler::Schedule': { nameProperty: 'Name', arn: arn('scheduler', ({ name }) => `schedule/default/${name}`) },
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    arn: arn('scheduler', ({ name }) => `schedule-group/${name}`),
  },
  'AWS::SecretsManager::ResourcePolicy': {},
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    ref: secretArn,
    arn: secretArn,
    attributes: { Id: secretArn },
  },
  // Uploads the site's files.
  'Custom::CDKBucketDeployment': {},
}

/** Resource types that the local run ignores, each with the reason. Their attributes are placeholders. */
export const ignoredTypes: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::DomainName': 'the local run has one origin',
  'AWS::ApiGatewayV2::ApiMapping': 'the local run has one origin',
  'AWS::Budgets::Budget': 'costs nothing',
  'AWS::CDK::Metadata': 'tells CDK what was deployed',
  'AWS::CertificateManager::Certificate': 'no TLS on loopback',
  'AWS::CloudFront::CachePolicy': 'nothing is cached',
  'AWS::CloudFront::OriginAccessControl': 'the files are read from disk',
  'AWS::CloudFront::OriginRequestPolicy': 'every header is passed on',
  'AWS::CloudWatch::Alarm': 'nobody is on call',
  'AWS::CloudWatch::CompositeAlarm': 'nobody is on call',
  'AWS::CloudWatch::Dashboard': 'metrics are in the log',
  'AWS::Events::Archive': 'events are kept in memory',
  'AWS::EventSchemas::Registry': 'nobody reads schemas',
  'AWS::EventSchemas::Schema': 'nobody reads schemas',
  'AWS::EventSchemas::Discoverer': 'nobody reads schemas',
  'AWS::Lambda::LayerVersion': 'CDK gives layers only to its own functions',
  'AWS::Logs::LogGroup': 'logs go to the terminal',
  'AWS::Logs::MetricFilter': 'metrics are in the log',
  'AWS::Logs::QueryDefinition': 'metrics are in the log',
  'AWS::Logs::ResourcePolicy': 'logs go to the terminal',
  'AWS::Route53::RecordSet': 'no DNS',
  'AWS::SNS::Subscription': 'nobody is on call',
  'AWS::SNS::Topic': 'nobody is on call',
  'AWS::SNS::TopicPolicy': 'nobody is on call',
  'AWS::SSM::Parameter': 'only CDK reads them',
  'AWS::WAFv2::LoggingConfiguration': 'no attackers on loopback',
  'AWS::WAFv2::WebACL': 'no attackers on loopback',
  'AWS::WAFv2::WebACLAssociation': 'no attackers on loopback',
  'Custom::CloudwatchLogResourcePolicy': 'logs go to the terminal',
  'Custom::LogRetention': 'logs go to the terminal',
  'Custom::S3AutoDeleteObjects': 'nothing is deleted',
}
