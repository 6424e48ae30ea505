import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { ApiParts } from '../api/api-parts.ts'
import { auditFunctions } from '../api/audit-functions.ts'
import { identityFunctions } from '../api/identity-functions.ts'
import { importFunctions } from '../api/import-functions.ts'
import { mailFunctions } from '../api/mail-functions.ts'
import { queueFunctions } from '../api/queue-functions.ts'
import { answerUnknownPath, referenceFunctions } from '../api/reference-functions.ts'
import { releaseFunctions } from '../api/release-functions.ts'
import { resultsFunctions } from '../api/results-functions.ts'
import { HttpRoutes } from '../constructs/http-routes.ts'
import { operatorRole } from '../constructs/operator-role.ts'
import type { WebStack } from './web-stack.ts'

export interface ApiStackProps extends StackProps, Omit<ApiParts, 'stack' | 'originSecret'> {
  readonly web: WebStack
}

/** What answers HTTP requests: the contract's operations for candidates, and those for operators. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props)
    const { httpApi } = props.web
    const api = { ...props, stack: this, originSecret: props.data.originSecret.secretValue.unsafeUnwrap() }
    new HttpRoutes(this, {
      stage: props.parts.stage,
      api: httpApi,
      functions: {
        ...identityFunctions(api),
        ...resultsFunctions(api),
        ...referenceFunctions(api),
        ...importFunctions(api),
        ...releaseFunctions(api),
        ...mailFunctions(api),
        ...queueFunctions(api),
        ...auditFunctions(api),
      },
      unknownPath: answerUnknownPath(api),
    })
    // The names that the ops command line looks for.
    new CfnOutput(this, 'ApiUrl', { value: httpApi.apiEndpoint })
    new CfnOutput(this, 'OperatorRoleArn', { value: operatorRole(this, httpApi.apiId).roleArn })
  }
}
