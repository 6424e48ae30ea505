import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { loadAssembly } from '../../../../infra/local/assembly/assembly.ts'
import type { HttpRequest } from '../../../../infra/local/http/http-event.ts'
import { gatewayResponse } from '../../../../infra/local/http/http-response.ts'
import { site } from '../../../../infra/local/http/site.ts'
import { handMadeAssembly } from '../../../support/hand-made-assembly.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const policy = {
  SecurityHeadersConfig: {
    ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: true },
    ContentTypeOptions: { Override: true },
    StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
  },
  CustomHeadersConfig: { Items: [{ Header: 'X-Own', Value: 'ours', Override: false }] },
}

const assemblyOf = (behavior: object = {}) => {
  const folder = handMadeAssembly(
    {
      web: {
        Resources: {
          Api: { Type: 'AWS::ApiGatewayV2::Api' },
          Pages: { Type: 'AWS::S3::Bucket' },
          Files: {
            Type: 'Custom::CDKBucketDeployment',
            Properties: { SourceObjectKeys: ['pages.zip'], DestinationBucketName: { Ref: 'Pages' } },
          },
          Headers: {
            Type: 'AWS::CloudFront::ResponseHeadersPolicy',
            Properties: { ResponseHeadersPolicyConfig: policy },
          },
          Site: {
            Type: 'AWS::CloudFront::Distribution',
            Properties: {
              DistributionConfig: {
                DefaultRootObject: 'index.html',
                DefaultCacheBehavior: {
                  TargetOriginId: 'pages',
                  ResponseHeadersPolicyId: { Ref: 'Headers' },
                  ...behavior,
                },
                CacheBehaviors: [
                  { PathPattern: '/api/*', TargetOriginId: 'api', AllowedMethods: ['GET', 'HEAD', 'POST'] },
                ],
                Origins: [
                  { Id: 'pages', DomainName: { 'Fn::GetAtt': ['Pages', 'RegionalDomainName'] } },
                  {
                    Id: 'api',
                    DomainName: { 'Fn::Join': ['', [{ Ref: 'Api' }, '.execute-api.eu-west-1.amazonaws.com']] },
                    OriginCustomHeaders: [{ HeaderName: 'X-Origin-Secret', HeaderValue: 'known to us' }],
                  },
                ],
              },
            },
          },
        },
      },
    },
    { pages: '// script' },
  )
  folders.push(folder)
  writeFileSync(join(folder, 'asset.pages', 'index.html'), '<h1>home</h1>')
  mkdirSync(join(folder, 'asset.pages', 'deep'))
  writeFileSync(join(folder, 'asset.pages', 'deep', 'a b.css'), 'b {}')
  return loadAssembly(folder, { awsUrl: '', generatedSecret: String })
}

const seen: HttpRequest[] = []
const serve = site(assemblyOf(), async (request) => {
  seen.push(request)
  return { status: 200, headers: { 'x-own': 'the API’s' }, body: Buffer.from('api') }
})
const get = async (path: string, more: Partial<HttpRequest> = {}) => {
  const request = { method: 'GET', path, query: '', headers: {}, body: Buffer.alloc(0), sourceIp: '127.0.0.1', ...more }
  const { status, headers, body } = await serve(request)
  return { status, headers, text: body.toString() }
}

describe('the site', () => {
  test('serves the deployed files, with the headers of its policy', async () => {
    expect(await get('/')).toEqual({
      status: 200,
      text: '<h1>home</h1>',
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': "default-src 'self'",
        'x-content-type-options': 'nosniff',
        'strict-transport-security': 'max-age=60; includeSubDomains',
        'x-own': 'ours',
      },
    })
    expect(await get('/deep/a%20b.css')).toMatchObject({ status: 200, text: 'b {}' })
  })

  test.each([
    '/nothing',
    '/deep',
    '/../manifest.json',
    '/%2e%2e/manifest.json',
    '/..%2fmanifest.json',
    '/%E0',
    '/a%00b',
  ])('answers 404 for %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404 })
  })

  test('accepts only the methods of its cache behaviour', async () => {
    expect(await get('/', { method: 'POST' })).toMatchObject({ status: 403 })
    expect(await get('/api/x', { method: 'DELETE' })).toMatchObject({ status: 403 })
  })

  test('forwards the API’s paths, with the origin secret header', async () => {
    seen.length = 0
    const headers = { 'x-origin-secret': ['a guess'], cookie: ['a=1'], host: ['localhost:3000'] }
    expect(await get('/api/v1/things', { method: 'POST', headers })).toMatchObject({ status: 200, text: 'api' })
    expect(seen[0]).toMatchObject({
      path: '/api/v1/things',
      headers: {
        'x-origin-secret': ['known to us'],
        cookie: ['a=1'],
        'x-forwarded-for': ['127.0.0.1'],
        host: ['webapi.execute-api.eu-west-1.amazonaws.com'],
      },
    })
  })

  test('does not start with unsupported settings', () => {
    const start = (behavior: object) => () => site(assemblyOf(behavior), async () => gatewayResponse(200, ''))
    expect(start({ FunctionAssociations: [] })).toThrow('FunctionAssociations')
    expect(start({ ResponseHeadersPolicyId: 'elsewhere' })).toThrow('policy elsewhere')
    expect(start({ TargetOriginId: 'nobody' })).toThrow('origin')
  })
})
