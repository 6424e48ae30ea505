import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Construct } from 'constructs'
import { type Stage, stageResourceName } from '../stages.ts'
import type { DataStack } from './data-stack.ts'

export interface WebStackProps extends StackProps {
  readonly stage: Stage
  readonly data: DataStack
}

/** The front door: the site, the distribution before site and API, and the API's own address (its routes are the api stack's). */
export class WebStack extends Stack {
  readonly httpApi: HttpApi
  /** As links in mails begin, without a slash at the end. */
  readonly siteUrl: string

  constructor(scope: Construct, id: string, props: WebStackProps) {
    super(scope, id, props)
    this.httpApi = new HttpApi(this, 'http-api', {
      apiName: stageResourceName(props.stage),
      createDefaultStage: false,
    })
    this.siteUrl = `https://${props.stage.site?.domain ?? 'todo.example.org'}`
    new CfnOutput(this, 'SiteUrl', { value: this.siteUrl })
  }
}
