import { describe, expect, test } from '@jest/globals'
import { type TableName, tables } from '../../shared/contracts/tables.ts'
import { synthesize } from './synthesized.ts'

const { ofType, templates } = synthesize('prod')
const tableNames = Object.keys(tables) as TableName[]

const tableOf = (name: TableName) => {
  const found = ofType('AWS::DynamoDB::Table').filter(({ logicalId }) =>
    logicalId.startsWith(`${name.replaceAll('-', '')}table`),
  )
  expect(found).toHaveLength(1)
  return found[0] as (typeof found)[number]
}

describe('the tables of prod', () => {
  test.each(tableNames)('%s survives a deleted stack, a mistaken command and a wrong write', (name) => {
    const table = tableOf(name)
    expect(table.DeletionPolicy).toBe('Retain')
    expect(table.Properties.DeletionProtectionEnabled).toBe(true)
    expect(table.Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true })
    expect(table.Properties.BillingMode).toBe('PAY_PER_REQUEST')
  })

  test.each(['sign-in-guards', 'sessions', 'tokens', 'outbox'] as const)(
    '%s are swept away when they expire',
    (name) => {
      expect(tableOf(name).Properties.TimeToLiveSpecification).toEqual({
        AttributeName: 'expiresAtSeconds',
        Enabled: true,
      })
    },
  )

  test('no other table forgets anything by itself', () => {
    const forgetting = tableNames.filter((name) => tableOf(name).Properties.TimeToLiveSpecification)
    expect(forgetting.toSorted()).toEqual(['outbox', 'sessions', 'sign-in-guards', 'tokens'])
  })

  test('the outbox alone tells of its new rows', () => {
    const telling = tableNames.filter((name) => tableOf(name).Properties.StreamSpecification)
    expect(telling).toEqual(['outbox'])
    expect(tableOf('outbox').Properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' })
  })

  test('whoever reads the results of a whole session sees no grade', () => {
    const [index] = tableOf('results').Properties.GlobalSecondaryIndexes
    expect(index.Projection.ProjectionType).toBe('INCLUDE')
    expect(index.Projection.NonKeyAttributes).not.toContain('payload')
  })

  test('those that results day hits are kept warm', () => {
    const warm = tableNames.filter((name) => tableOf(name).Properties.WarmThroughput)
    expect(warm).toEqual(['accounts', 'sign-in-guards', 'sessions', 'results'])
  })
})

describe('import files', () => {
  const bucket = ofType('AWS::S3::Bucket').find(({ logicalId }) => logicalId.startsWith('imports'))
  const rules: { Id: string; Prefix?: string; ExpirationInDays?: number }[] =
    bucket?.Properties.LifecycleConfiguration.Rules

  test('are encrypted under a key of their own and never public', () => {
    expect(JSON.stringify(bucket?.Properties.BucketEncryption)).toContain('importskey')
    expect(Object.values(bucket?.Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true])
  })

  test('are gone after a day, in every version, while their reports stay as long as the imports are known', () => {
    const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays)
    expect(expiring.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual([
      ['entries/', 1],
      ['results/', 1],
      ['centres/', 1],
      ['reports/', 1_827],
    ])
    expect(rules.filter((rule) => rule.Prefix?.startsWith('reports'))).toEqual([
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }),
    ])
  })

  test('announce themselves without a function of the CDK in between', () => {
    expect(bucket?.Properties.NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    })
    templates.data.resourceCountIs('AWS::Lambda::Function', 0)
  })
})

test('every key of ours is changed every year by AWS', () => {
  const keys = ofType('AWS::KMS::Key')
  expect(keys).toHaveLength(2)
  for (const { Properties } of keys) expect(Properties.EnableKeyRotation).toBe(true)
})

test('secrets are made by AWS, never written down in a template', () => {
  const secrets = ofType('AWS::SecretsManager::Secret')
  expect(secrets).toHaveLength(4)
  for (const { Properties } of secrets) {
    expect(Properties.SecretString).toBeUndefined()
    expect(Properties.GenerateSecretString).toEqual({ ExcludePunctuation: true, PasswordLength: 64 })
  }
})

test('every event of the service is kept for later', () => {
  templates.data.hasResourceProperties('AWS::Events::Archive', {
    EventPattern: { source: ['results-service'] },
    RetentionDays: 400,
  })
})
