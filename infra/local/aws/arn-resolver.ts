import type { LocalAssembly } from '../types.ts'

/** Resolves a URL, name, id or ARN to an ARN; for an unknown resource, the ARN that it would have. */
export interface ArnResolver {
  readonly region: string
  readonly account: string
  table(nameOrArn: string): string
  queue(url: string): string
  bus(nameOrArn: string | undefined): string
  schedule(group: string, name: string): string
  scheduleGroup(name: string): string
  /** By key id, alias or ARN. */
  key(reference: string): string
  /** By name or ARN, with or without the six characters that AWS appends. */
  secret(reference: string): string
  template(name: string): string
  configurationSet(name: string): string
  /** The verified identity for an address: itself, its domain or a parent domain; itself if none is verified. */
  identity(address: string): string
  /** The KMS keys that encrypt the content; undefined for AWS owned keys. */
  bucketKey(bucket: string): string | undefined
  queueKey(url: string): string | undefined
  secretKey(reference: string): string | undefined
}

export const arnResolver = (assembly: LocalAssembly): ArnResolver => {
  const { region, account } = assembly
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`
  const find = (type: string, reference: string) =>
    assembly.ofType(type).find((resource) => resource.arn === reference || resource.id === reference)
  const orArn = (reference: string, make: (name: string) => string) =>
    reference.startsWith('arn:') ? reference : make(reference)

  const key = (reference: string): string => {
    const alias = assembly.ofType('AWS::KMS::Alias').find(({ properties }) => properties.AliasName === reference)
    const target = (alias?.properties.TargetKeyId as string | undefined) ?? reference
    return find('AWS::KMS::Key', target)?.arn ?? orArn(target, (name) => arn('kms', `key/${name}`))
  }

  const keyOf = (reference: unknown): string | undefined =>
    typeof reference === 'string' && !reference.includes('alias/aws/') ? key(reference) : undefined
  const queue = (url: string) => arn('sqs', lastSegment(url))
  const findSecret = (reference: string) =>
    assembly
      .ofType('AWS::SecretsManager::Secret')
      .find((secret) => [secret.arn, withoutSuffix(secret.arn), secretName(secret.arn)].includes(reference))

  return {
    region,
    account,
    key,
    table: (reference) => orArn(reference, (name) => arn('dynamodb', `table/${name}`)),
    queue,
    bus: (reference = 'default') => orArn(reference, (name) => arn('events', `event-bus/${name}`)),
    schedule: (group, name) => arn('scheduler', `schedule/${group}/${name}`),
    scheduleGroup: (name) => arn('scheduler', `schedule-group/${name}`),
    secret: (reference) =>
      findSecret(reference)?.arn ?? orArn(reference, (name) => arn('secretsmanager', `secret:${name}`)),
    template: (name) => arn('ses', `template/${name}`),
    configurationSet: (name) => arn('ses', `configuration-set/${name}`),
    identity(address) {
      const identities = assembly.ofType('AWS::SES::EmailIdentity').map(({ properties }) => properties.EmailIdentity)
      const verified = identitiesOf(address).find((candidate) => identities.includes(candidate))
      return arn('ses', `identity/${verified ?? address}`)
    },
    bucketKey: (bucket) => keyOf(bucketKeyId(find('AWS::S3::Bucket', bucket)?.properties.BucketEncryption)),
    queueKey: (url) => keyOf(find('AWS::SQS::Queue', queue(url))?.properties.KmsMasterKeyId),
    secretKey: (reference) => keyOf(findSecret(reference)?.properties.KmsKeyId),
  }
}

/** Identities that cover an address, most specific first: itself, its domain, the parent domains. */
export const identitiesOf = (address: string): readonly string[] => {
  const labels = (address.split('@').at(-1) ?? '').toLowerCase().split('.')
  return [address, ...labels.map((_, index) => labels.slice(index).join('.'))]
}

const lastSegment = (url: string) => url.split('/').at(-1) ?? url
const withoutSuffix = (arn: string) => arn.replace(/-\w{6}$/, '')
const secretName = (arn: string) => withoutSuffix(arn).split(':secret:').at(-1)

const bucketKeyId = (encryption: unknown): string | undefined =>
  (encryption as BucketEncryption | undefined)?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault
    ?.KMSMasterKeyID

interface BucketEncryption {
  readonly ServerSideEncryptionConfiguration?: readonly {
    readonly ServerSideEncryptionByDefault?: { readonly KMSMasterKeyID?: string }
  }[]
}
