import { rmSync } from 'node:fs'
import { afterAll, describe, expect, test } from '@jest/globals'
import { loadAssembly } from '../../../../infra/local/assembly/assembly.ts'
import { type HttpApiOptions, httpApi } from '../../../../infra/local/http/http-api.ts'
import type { HttpRequest } from '../../../../infra/local/http/http-event.ts'
import type { InvocationOutcome } from '../../../../infra/local/types.ts'
import { handMadeAssembly, handMadeFunction } from '../../../support/hand-made-assembly.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const routes = {
  list: 'GET /things',
  one: 'GET /things/{id}',
  newest: 'GET /things/newest',
  put: 'ANY /things/{id}/parts/{part}',
  rest: 'GET /files/{path+}',
  signed: 'POST /ops/{job}',
  unknown: '$default',
}

const assemblyOf = (settings: Record<string, object> = {}) => {
  const Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api' } },
    Operator: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'ops-role' } },
    OperatorPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyDocument: { Statement: [{ Action: 'execute-api:Invoke' }] }, Roles: [{ Ref: 'Operator' }] },
    },
  }
  for (const [name, RouteKey] of Object.entries(routes)) {
    Resources[name] = handMadeFunction(name)
    Resources[`${name}Behind`] = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        IntegrationType: 'AWS_PROXY',
        PayloadFormatVersion: '2.0',
        IntegrationUri: { 'Fn::GetAtt': [name, 'Arn'] },
        TimeoutInMillis: 100,
        ...settings[`${name}Behind`],
      },
    }
    Resources[`${name}Route`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        RouteKey,
        AuthorizationType: name === 'signed' ? 'AWS_IAM' : 'NONE',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: `${name}Behind` }]] },
        ...settings[`${name}Route`],
      },
    }
  }
  const folder = handMadeAssembly({ web: { Resources } })
  folders.push(folder)
  return loadAssembly(folder, { awsUrl: '', generatedSecret: String })
}
const assembly = assemblyOf()

type Answering = (event: Record<string, unknown>, name: string) => unknown

/** The API before functions that answer as given; by default with their name and the event. */
const api = (answering: Answering = (event, name) => ({ name, event }), more: Partial<HttpApiOptions> = {}) => {
  const call = httpApi({
    assembly,
    clock: { now: () => Date.parse('2026-11-23T09:05:01Z'), at: () => () => {} },
    isAllowed: () => true,
    isServiceAllowed: () => true,
    invoke: async (arn, event) => {
      const payload: unknown = await answering(event as Record<string, unknown>, arn.split(':').at(-1) ?? '')
      return { ok: true, payload }
    },
    ...more,
  })
  return async (method: string, url: string, request: Partial<HttpRequest> & { text?: string } = {}) => {
    const [path = '', query = ''] = url.split('?')
    const body = Buffer.from(request.text ?? '')
    const answer = await call({ method, path, query, headers: {}, body, sourceIp: '127.0.0.1', ...request })
    const text = answer.body.toString()
    return { ...answer, text, json: () => JSON.parse(text) as { name: string; event: Record<string, unknown> } }
  }
}

const signature = (accessKey: string) => ({
  authorization: [
    `AWS4-HMAC-SHA256 Credential=${accessKey}/20261123/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=abc`,
  ],
})

describe('routes', () => {
  test.each([
    ['GET', '/things', 'list'],
    ['GET', '/things/7', 'one'],
    ['GET', '/things/newest', 'newest'],
    ['PATCH', '/things/7/parts/8', 'put'],
    ['GET', '/files/a/b/c', 'rest'],
    ['POST', '/things', 'unknown'],
    ['GET', '/things/', 'unknown'],
    ['GET', '/', 'unknown'],
  ])('%s %s goes to %s', async (method, path, name) => {
    expect((await api()(method, path)).json().name).toBe(name)
  })

  test('have decoded parameters, and reject invalid encodings', async () => {
    expect((await api()('GET', '/things/a%2Fb%20c')).json().event.pathParameters).toEqual({ id: 'a/b c' })
    expect((await api()('PUT', '/things/1/parts/2')).json().event.pathParameters).toEqual({ id: '1', part: '2' })
    expect(await api()('GET', '/things/%E0')).toMatchObject({ status: 400 })
  })

  test('with an unsupported authorizer or integration fail at start', () => {
    const start = (settings: Record<string, object>) => () =>
      httpApi({
        assembly: assemblyOf(settings),
        clock: assembly as never,
        invoke: async () => ({}) as never,
        isAllowed: () => true,
        isServiceAllowed: () => true,
      })
    expect(start({ oneRoute: { AuthorizationType: 'JWT' } })).toThrow(
      'GET /things/{id}: the local run does not support the authorization JWT',
    )
    expect(start({ oneBehind: { PayloadFormatVersion: '1.0' } })).toThrow('only functions with payload format 2.0')
  })
})

describe('the request id', () => {
  test('is in every response, including API Gateway’s own, and is the one that the function got', async () => {
    const answer = await api()('GET', '/things')
    const id = answer.headers['apigw-requestid']
    expect(answer.json().event.requestContext).toMatchObject({ requestId: id })
    const refused = await api()('POST', '/ops/x')
    expect(refused).toMatchObject({ status: 403, headers: { 'apigw-requestid': expect.stringMatching(/^[\w-]{36}$/) } })
    expect(refused.headers['apigw-requestid']).not.toBe(id)
  })
})

describe('the event of a function', () => {
  test('is that of payload format 2.0', async () => {
    const headers = {
      host: ['localhost:3000'],
      cookie: ['a=1; b=2', 'c=3'],
      'x-two': ['1', '2'],
      'user-agent': ['test'],
    }
    const answer = await api()('GET', '/things?q=a%20b&q=c&empty=', { headers })
    expect(answer.json().event).toEqual({
      version: '2.0',
      routeKey: 'GET /things',
      rawPath: '/things',
      rawQueryString: 'q=a%20b&q=c&empty=',
      cookies: ['a=1', 'b=2', 'c=3'],
      headers: { host: 'localhost:3000', 'x-two': '1,2', 'user-agent': 'test' },
      queryStringParameters: { q: 'a b,c', empty: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'webapi',
        domainName: 'localhost:3000',
        domainPrefix: 'localhost:3000',
        http: { method: 'GET', path: '/things', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        routeKey: 'GET /things',
        stage: '$default',
        time: '23/Nov/2026:09:05:01 +0000',
        timeEpoch: Date.parse('2026-11-23T09:05:01Z'),
      },
      isBase64Encoded: false,
    })
  })

  test.each([
    ['application/json', '{"ü":1}', '{"ü":1}', false],
    ['text/csv; charset=utf-8', 'ü', 'ü', false],
    ['application/x-www-form-urlencoded', 'a=1', 'YT0x', true],
  ])('carries a body of type %s as API Gateway would', async (type, text, body, isBase64Encoded) => {
    const answer = await api()('POST', '/things', { text, headers: { 'content-type': [type] } })
    expect(answer.json().event).toMatchObject({ body, isBase64Encoded })
  })

  test('of an unsigned route names nobody, even if the request is signed', async () => {
    const { event } = (await api()('GET', '/things', { headers: signature('operator-olga') })).json()
    expect(event.requestContext).not.toHaveProperty('authorizer')
  })
})

describe('the response to a caller', () => {
  test('is the function’s response, with separate cookies', async () => {
    const call = api(() => ({
      statusCode: 201,
      headers: { 'Content-Type': 'application/json', 'Content-Length': '999', 'X-Count': 3 },
      cookies: ['a=1', 'b=2'],
      body: '{}',
    }))
    expect(await call('GET', '/things')).toMatchObject({
      status: 201,
      headers: { 'content-type': 'application/json', 'x-count': '3', 'set-cookie': ['a=1', 'b=2'] },
      text: '{}',
    })
    expect((await call('GET', '/things')).headers).not.toHaveProperty('content-length')
  })

  test('is binary if the function says so, and text without a content type', async () => {
    const call = api(() => ({ statusCode: 200, body: 'AAEC', isBase64Encoded: true }))
    expect([...(await call('GET', '/things')).body]).toEqual([0, 1, 2])
    const plain = await api(() => ({ statusCode: 200, body: 'hi' }))('GET', '/things')
    expect(plain.headers).toMatchObject({ 'content-type': 'text/plain;charset=UTF-8' })
  })

  test('is JSON if the result is not a response', async () => {
    expect(await api(() => ({ a: 1 }))('GET', '/things')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      text: '{"a":1}',
    })
    expect((await api(() => 'text')('GET', '/things')).text).toBe('text')
    expect((await api(() => null)('GET', '/things')).text).toBe('null')
  })

  test('reveals nothing about a function that failed or returned an invalid result', async () => {
    const failing = async (): Promise<InvocationOutcome> => ({ ok: false, errorType: 'E', errorMessage: 'secret' })
    const failed = await api(undefined, { invoke: failing })('GET', '/things')
    expect(failed).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' })
    expect(await api(() => ({ statusCode: 'x' }))('GET', '/things')).toMatchObject({ status: 500 })
  })

  test('is an error if the function’s permission does not cover the route', async () => {
    const asked: unknown[] = []
    const call = api(undefined, { isServiceAllowed: (...question) => asked.push(question) === 0 })
    expect(await call('GET', '/things/7')).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' })
    expect(asked).toEqual([
      [
        'apigateway.amazonaws.com',
        'arn:aws:execute-api:eu-west-1:000000000000:webapi/$default/GET/things/{id}',
        'lambda:InvokeFunction',
        'arn:aws:lambda:eu-west-1:000000000000:function:one',
      ],
    ])
  })

  test('is 503 after the timeout', async () => {
    const never = api(() => new Promise(() => {}))
    expect(await never('GET', '/things')).toMatchObject({ status: 503, text: '{"message":"Service Unavailable"}' })
  })

  test('is 413 for more than ten megabytes', async () => {
    expect(await api()('POST', '/things', { body: Buffer.alloc(10 * 1024 * 1024 + 1) })).toMatchObject({ status: 413 })
  })
})

describe('a route for operators', () => {
  test('identifies the person by the access key, as a session of the operators’ role', async () => {
    const asked: unknown[] = []
    const isAllowed = (...question: unknown[]) => asked.push(question) > 0
    const { event } = (
      await api(undefined, { isAllowed })('POST', '/ops/a%20b', { headers: signature('operator-olga') })
    ).json()
    expect(event.requestContext).toMatchObject({
      authorizer: {
        iam: { userArn: 'arn:aws:sts::000000000000:assumed-role/ops-role/olga', accessKey: 'operator-olga' },
      },
    })
    expect(asked).toEqual([
      [
        { name: 'operator/olga', roleArn: 'arn:aws:iam::000000000000:role/ops-role' },
        'execute-api:Invoke',
        'arn:aws:execute-api:eu-west-1:000000000000:webapi/$default/POST/ops/a%20b',
      ],
    ])
  })

  test.each([
    ['is not signed', {}],
    ['is signed with a key that is nobody’s', signature('AKIAEXAMPLE')],
    ['is signed with a name that no session can have', signature('operator-a b')],
    ['only claims a name', { authorization: ['operator-olga'] }],
  ])('refuses a request that %s', async (_, headers) => {
    expect(await api()('POST', '/ops/x', { headers })).toMatchObject({ status: 403, text: '{"message":"Forbidden"}' })
  })

  test('refuses an operator whose role may not call it', async () => {
    const call = api(undefined, { isAllowed: () => false })
    expect(await call('POST', '/ops/x', { headers: signature('operator-olga') })).toMatchObject({ status: 403 })
  })
})
