import { Duration, type Stack } from 'aws-cdk-lib'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { FunctionParts, ServiceFunction } from '../constructs/service-function.ts'
import type { DataStack } from '../stacks/data-stack.ts'
import type { ReleaseStack } from '../stacks/release-stack.ts'

/** Common parts of the functions behind the API, and their stack. */
export interface ApiParts {
  readonly stack: Stack
  readonly parts: FunctionParts
  readonly data: DataStack
  readonly release: ReleaseStack
  /** Origin of the pages. */
  readonly siteUrl: string
  /**
   * What CloudFront proves itself with. It travels in the environment, where whoever may read it may read the function's
   * code and role, too.
   */
  readonly originSecret: string
}

/** API Gateway's timeout is 30 s; counting a large session takes most of it. */
export const longestAnswer = Duration.seconds(29)

export const allowSecrets = (reader: ServiceFunction, ...secrets: Secret[]): void =>
  reader.allow(['secretsmanager:GetSecretValue'], ...secrets.map(({ secretArn }) => secretArn))
