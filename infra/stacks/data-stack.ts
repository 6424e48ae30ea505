import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { Key } from 'aws-cdk-lib/aws-kms'
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { eventSource } from '../../shared/contracts/events.ts'
import { importKinds } from '../../shared/contracts/messages.ts'
import { type TableContract, type TableName, tables, ttlAttribute } from '../../shared/contracts/tables.ts'
import { acknowledge } from '../constructs/acknowledge.ts'
import { type Tables, tableNames } from '../constructs/table-access.ts'
import { type Stage, stageResourceName } from '../stages.ts'

export interface DataStackProps extends StackProps {
  readonly stage: Stage
}

/** What must survive a mistake: tables, import files, keys, secrets, and the bus with its archive. */
export class DataStack extends Stack {
  readonly tables: Tables
  readonly importsBucket: Bucket
  readonly importsKey: Key
  /** Encrypts Secret numbers; no role may decrypt with it yet. */
  readonly secretNumberCipherKey: Key
  readonly guardKey: Secret
  readonly secretNumberKey: Secret
  /** What CloudFront adds to each request, so that the API knows it came through the firewall. */
  readonly originSecret: Secret
  readonly unsubscribeKey: Secret
  readonly bus: EventBus
  readonly #stage: Stage

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props)
    this.#stage = props.stage
    this.tables = Object.fromEntries(tableNames.map((name) => [name, this.#table(name)])) as Record<TableName, Table>

    this.importsKey = this.#key('imports-key', 'Import files of the results service')
    this.importsBucket = this.#importsBucket()
    this.secretNumberCipherKey = this.#key('secret-number-cipher-key', 'Data keys for Secret numbers')

    this.guardKey = this.#secret('guard-key', 'Keys the names of sign-in guards')
    this.secretNumberKey = this.#secret('secret-number-key', 'Keys the hashes of Secret numbers')
    this.unsubscribeKey = this.#secret('unsubscribe-key', 'Keys the links that end mails about results')
    this.originSecret = this.#secret('origin-secret', 'Header by which the API knows CloudFront')

    this.bus = new EventBus(this, 'bus', { eventBusName: stageResourceName(props.stage) })
    this.bus.archive('archive', {
      archiveName: stageResourceName(props.stage),
      description: 'Every event of the service, to look up or to replay',
      eventPattern: { source: [eventSource] },
      retention: Duration.days(props.stage.retention.eventDays),
    })
  }

  get #removalPolicy(): RemovalPolicy {
    return this.#stage.durable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
  }

  #table(name: TableName): Table {
    const contract: TableContract = tables[name]
    const warm = this.#stage.warmThroughput?.[name]
    const table = new Table(this, `${name}-table`, {
      partitionKey: { name: contract.partitionKey, type: AttributeType.STRING },
      ...(contract.sortKey && {
        sortKey: {
          name: contract.sortKey.name,
          type: contract.sortKey.type === 'number' ? AttributeType.NUMBER : AttributeType.STRING,
        },
      }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(contract.expires && { timeToLiveAttribute: ttlAttribute }),
      ...(contract.stream && { stream: StreamViewType.NEW_IMAGE }),
      ...(warm && { warmThroughput: { readUnitsPerSecond: warm.reads, writeUnitsPerSecond: warm.writes } }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: this.#stage.durable,
      removalPolicy: this.#removalPolicy,
    })
    for (const [indexName, index] of Object.entries(contract.indexes ?? {})) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
        sortKey: { name: index.sortKey, type: AttributeType.STRING },
        ...(index.include.length > 0
          ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...index.include] }
          : { projectionType: ProjectionType.KEYS_ONLY }),
      })
    }
    return table
  }

  #importsBucket(): Bucket {
    const logs = new Bucket(this, 'access-logs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(this.#stage.retention.accessLogDays) }],
      removalPolicy: this.#removalPolicy,
    })
    acknowledge(logs, 'AwsSolutions-S1', 'It holds the access log of the imports bucket; a log of a log has no end.')
    const bucket = new Bucket(this, 'imports', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.importsKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      serverAccessLogsBucket: logs as IBucket,
      serverAccessLogsPrefix: 'imports/',
      lifecycleRules: [
        // Import files hold Secret numbers in plain text: applied ones are deleted, forgotten ones end here.
        ...importKinds.map((kind) => ({
          id: `${kind}-files`,
          prefix: `${kind}/`,
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        })),
        {
          id: 'reports',
          prefix: 'reports/',
          expiration: Duration.days(this.#stage.retention.importDays),
          noncurrentVersionExpiration: Duration.days(1),
        },
        { id: 'unfinished', abortIncompleteMultipartUploadAfter: Duration.days(1), expiredObjectDeleteMarker: true },
      ],
      removalPolicy: this.#removalPolicy,
    })
    // The L2's switch deploys a function of the CDK's own for what CloudFormation does by itself.
    const resource = bucket.node.defaultChild as CfnBucket
    resource.addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true)
    return bucket
  }

  #key(id: string, description: string): Key {
    return new Key(this, id, { description, enableKeyRotation: true, removalPolicy: this.#removalPolicy })
  }

  /** A secret of 64 letters and digits (381 random bits), made at the first deployment. */
  #secret(id: string, description: string): Secret {
    const secret = new Secret(this, id, {
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: this.#removalPolicy,
    })
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'Guards and hashes keyed by it would be lost, and requests refused, if it changed on a timer; docs/decisions/0004 tells how it is changed by hand.',
    )
    return secret
  }
}
