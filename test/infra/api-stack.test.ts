import { describe, expect, test } from '@jest/globals'
import { type Operation, operations } from '../../shared/contracts/http.ts'
import { synthesize } from './synthesized.ts'

const { ofType, templates } = synthesize('prod')
const everyOperation: [string, Operation][] = Object.entries(operations)
const routes = ofType('AWS::ApiGatewayV2::Route')
const [stage] = ofType('AWS::ApiGatewayV2::Stage')
const keyOf = ({ method, path }: Operation) => `${method} ${path}`

describe.each(everyOperation)('%s', (_name, operation) => {
  const route = routes.find(({ Properties }) => Properties.RouteKey === keyOf(operation))

  test('has a route with the throttling of its contract', () => {
    expect(route).toBeDefined()
    expect(stage?.Properties.RouteSettings[keyOf(operation)]).toMatchObject({
      ThrottlingRateLimit: operation.throttle.rate,
      ThrottlingBurstLimit: operation.throttle.burst,
    })
  })

  test(
    operation.access === 'operator' ? 'requires a signed request' : 'is open to people without an AWS identity',
    () => {
      expect(route?.Properties.AuthorizationType).toBe(operation.access === 'operator' ? 'AWS_IAM' : 'NONE')
    },
  )

  test('is served by its own function, in payload format 2.0', () => {
    const integrationId = route?.Properties.Target['Fn::Join'][1][1].Ref
    const integration = ofType('AWS::ApiGatewayV2::Integration').find(({ logicalId }) => logicalId === integrationId)
    const functionId = integration?.Properties.IntegrationUri['Fn::GetAtt'][0]
    expect(templates.api.toJSON().Resources[functionId].Properties.FunctionName).toBe(
      `results-service-prod-${operation.function.replace('/', '-')}`,
    )
    expect(integration?.Properties.PayloadFormatVersion).toBe('2.0')
  })
})

test('any other path is served and throttled, too', () => {
  expect(routes.map(({ Properties }): string => Properties.RouteKey).toSorted()).toEqual(
    [...everyOperation.map(([, operation]) => keyOf(operation)), '$default'].toSorted(),
  )
  expect(stage?.Properties.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 })
})

test('throttles are set after the routes they belong to', () => {
  for (const { logicalId } of routes)
    expect(templates.api.toJSON().Resources[stage?.logicalId ?? ''].DependsOn).toContain(logicalId)
})

test('a small stage has lower limits, but enough for an operator', () => {
  const [dev] = synthesize('dev').ofType('AWS::ApiGatewayV2::Stage')
  expect(dev?.Properties.RouteSettings['POST /api/v1/sessions'].ThrottlingRateLimit).toBe(100)
  expect(dev?.Properties.RouteSettings['POST /api/v1/ops/releases'].ThrottlingRateLimit).toBe(5)
})

test('the access log has times and outcomes, but no body, query string, path or address', () => {
  const { Format } = stage?.Properties.AccessLogSettings ?? {}
  const variables = Object.values<string>(JSON.parse(Format))
  expect(variables.toSorted()).toEqual([
    '$context.error.responseType',
    '$context.integrationLatency',
    '$context.integrationStatus',
    '$context.requestId',
    '$context.requestTimeEpoch',
    '$context.responseLatency',
    '$context.routeKey',
    '$context.status',
  ])
})

test('the ops command line finds its API and its role', () => {
  expect(Object.keys(templates.api.toJSON().Outputs)).toEqual(expect.arrayContaining(['ApiUrl', 'OperatorRoleArn']))
})
