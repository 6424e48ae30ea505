import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import { Construct } from 'constructs'
import { type Stage, stageResourceName } from '../stages.ts'
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts'

const pages = fileURLToPath(new URL('../../web', import.meta.url))

/** A private bucket with the files of `web/`, which CloudFront alone reads. */
export class SitePages extends Construct {
  readonly bucket: IBucket

  constructor(scope: Construct, stage: Stage) {
    super(scope, 'pages')
    this.bucket = new Bucket(this, 'bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    }) as IBucket
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'It holds the public pages and nothing else, and only CloudFront reads it.',
    )
    this.#deploy(stage)
  }

  /** The CDK's own way to fill a bucket, under a role that says in full what its helper needs, instead of the patterns the CDK would grant. */
  #deploy(stage: Stage): void {
    const asset = new Asset(this, 'files', { path: pages })
    const logGroup = new LogGroup(this, 'log', {
      logGroupName: `/aws/lambda/${stageResourceName(stage, 'deploy-pages')}`,
      retention: stage.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, 'role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }))
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn)
    allow(['s3:GetObject'], asset.bucket.arnForObjects(asset.s3ObjectKey))
    allow(['s3:ListBucket', 's3:GetBucketTagging'], this.bucket.bucketArn)
    allow(['s3:PutObject', 's3:DeleteObject'], this.bucket.arnForObjects('*'))
    acknowledgeWildcard(
      role,
      this.bucket.arnForObjects('*'),
      'It puts every file of the site there, and takes away what is no longer one.',
    )
    const deployment = new BucketDeployment(this, 'deployment', {
      sources: [Source.bucket(asset.bucket, asset.s3ObjectKey)],
      destinationBucket: this.bucket,
      role: role.withoutPolicyUpdates(),
      logGroup,
      // So that a stage can be taken down with its bucket.
      retainOnDelete: false,
      cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(Duration.seconds(0)), CacheControl.mustRevalidate()],
    })
    deployment.node.addDependency(role)
    for (const helper of Stack.of(this).node.children.filter(({ node }) =>
      node.id.startsWith('Custom::CDKBucketDeployment'),
    )) {
      acknowledge(helper, 'AwsSolutions-L1', 'The CDK brings this helper and decides its runtime.')
    }
  }
}
