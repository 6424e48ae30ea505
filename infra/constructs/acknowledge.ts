import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Accepts one finding of cdk-nag on this construct and below. `rule` names the finding too where the rule has several: `AwsSolutions-IAM5[Resource::*]`. */
export const acknowledge = (construct: IConstruct, rule: `AwsSolutions-${string}`, reason: string): void =>
  Validations.of(construct).acknowledge({ id: rule, reason })
