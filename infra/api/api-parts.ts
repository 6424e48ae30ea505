import { Duration, type Stack } from 'aws-cdk-lib'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { FunctionParts, ServiceFunction } from '../constructs/service-function.ts'
import type { DataStack } from '../stacks/data-stack.ts'
import type { ReleaseStack } from '../stacks/release-stack.ts'

/** What the functions behind the API are made from, and the stack that they belong to. */
export interface ApiParts {
  readonly stack: Stack
  readonly parts: FunctionParts
  readonly data: DataStack
  readonly release: ReleaseStack
  /** As the origin of the pages reads. */
  readonly siteUrl: string
  /**
   * What CloudFront proves itself with. It travels in the environment, where whoever may read it may read the function's
   * code and role, too.
   */
  readonly originSecret: string
}

/** API Gateway waits 30 s for an answer; counting a large session takes most of it. */
export const longestAnswer = Duration.seconds(29)

export const allowSecrets = (reader: ServiceFunction, ...secrets: Secret[]): void =>
  reader.allow(['secretsmanager:GetSecretValue'], ...secrets.map(({ secretArn }) => secretArn))
