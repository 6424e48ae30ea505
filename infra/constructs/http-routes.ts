import { RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  type CfnStage,
  type HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type Operation, operations } from '../../shared/contracts/http.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import { acknowledge } from './acknowledge.ts'
import type { ServiceFunction } from './service-function.ts'

/** The functions that answer the contract's operations; one that is missing does not compile. */
export type AnsweringFunctions = Readonly<
  Record<(typeof operations)[keyof typeof operations]['function'], ServiceFunction>
>

export interface HttpRoutesProps {
  readonly stage: Stage
  readonly api: HttpApi
  readonly functions: AnsweringFunctions
  /** Answers requests that match no operation. */
  readonly unknownPath: ServiceFunction
}

/**
 * One line per request with times and outcome only: no body, no query string (links may contain a token), no path (it may
 * contain a session), no IP address (children sit these exams).
 */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  refusedBecause: '$context.error.responseType',
}

/** Routes, authorization and throttling as defined in the contract, on the API's only stage. */
export class HttpRoutes extends Construct {
  constructor(scope: Construct, props: HttpRoutesProps) {
    super(scope, 'routes')
    const { stage, api } = props
    const logGroup = new LogGroup(this, 'access-log', {
      logGroupName: `/aws/vendedlogs/${stageResourceName(stage, 'api')}`,
      retention: stage.logDays,
      removalPolicy: stage.durable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
    const httpStage = new HttpStage(this, 'stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: throttleOf({ rate: 50, burst: 100 }, stage),
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    })
    const settings: Record<string, object> = {}
    for (const [name, operation] of Object.entries(operations) as [string, Operation][]) {
      const key = HttpRouteKey.with(operation.path, HttpMethod[operation.method])
      const answering = props.functions[operation.function as keyof AnsweringFunctions]
      const route = this.#route(name, api, key, answering, operation.access === 'operator')
      // API Gateway refuses settings of a route that does not exist yet.
      httpStage.node.addDependency(route)
      const { rateLimit, burstLimit } = throttleOf(operation.throttle, stage)
      // No detailed metrics per route, which are charged individually: the access log has the route of each request.
      settings[key.key] = { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit }
    }
    for (const answering of new Set([...Object.values(props.functions), props.unknownPath])) answering.countFaults()
    httpStage.node.addDependency(this.#route('unknownPath', api, HttpRouteKey.DEFAULT, props.unknownPath, false))
    ;(httpStage.node.defaultChild as CfnStage).routeSettings = settings
  }

  #route(name: string, api: HttpApi, routeKey: HttpRouteKey, answering: ServiceFunction, signed: boolean): HttpRoute {
    const route = new HttpRoute(this, name, {
      httpApi: api,
      routeKey,
      integration: new HttpLambdaIntegration('integration', answering.lambda),
      authorizer: signed ? new HttpIamAuthorizer() : new HttpNoneAuthorizer(),
    })
    if (!signed) {
      acknowledge(
        route,
        'AwsSolutions-APIG4',
        'Candidates have no AWS identity: the function itself checks the session cookie and the secret that only CloudFront adds.',
      )
    }
    return route
  }
}

/** Smaller stages have lower limits, but at least what one operator needs. */
const throttleOf = ({ rate, burst }: Operation['throttle'], { throttleScale }: Stage) => ({
  rateLimit: Math.max(Math.min(rate, 5), Math.round(rate * throttleScale)),
  burstLimit: Math.max(Math.min(burst, 10), Math.round(burst * throttleScale)),
})
