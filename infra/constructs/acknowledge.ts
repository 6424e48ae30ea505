import { type IResolvable, Reference, Stack, Tokenization, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Suppresses one finding of cdk-nag, or one warning of the CDK, on this construct and its children. `rule` includes the finding if the rule has several: `AwsSolutions-IAM5[Resource::*]`. */
export const acknowledge = (
  construct: IConstruct,
  rule: `AwsSolutions-${string}` | `Annotation::${string}`,
  reason: string,
): void => Validations.of(construct).acknowledge({ id: rule, reason })

/** Suppresses the finding about a wildcard resource in a role's policy. */
export const acknowledgeWildcard = (construct: IConstruct, resource: string, reason: string): void =>
  acknowledge(construct, `AwsSolutions-IAM5[Resource::${asFinding(Stack.of(construct), resource)}]`, reason)

/** A resource as cdk-nag spells it in a finding: references within the stack in `<>`, those into another by the export's name. */
const asFinding = (stack: Stack, resource: string): string =>
  Tokenization.reverseString(resource)
    .mapTokens({ mapToken: (token) => spell(stack, token) })
    .join({ join: (left: string = '', right: string = '') => left + right })

const spell = (stack: Stack, token: IResolvable): string => {
  const producer = Reference.isReference(token) ? Stack.of(token.target) : stack
  const value = producer === stack ? stack.resolve(token) : producer.resolve(producer.exportValue(token))
  return value['Fn::ImportValue'] ?? `<${value.Ref ?? value['Fn::GetAtt'].join('.')}>`
}
