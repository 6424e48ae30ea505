import { describe, expect, test } from '@jest/globals'
import { App } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { EdgeStack } from '../../infra/stacks/edge-stack.ts'
import { findStage } from '../../infra/stages.ts'
import { epochMilliseconds } from '../../shared/domain/time.ts'
import { problem, problemResult } from '../../shared/lambda/problem.ts'
import { synthesize } from './synthesized.ts'

const { ofType } = synthesize('prod')
const config = ofType('AWS::CloudFront::Distribution')[0]?.Properties.DistributionConfig

describe('the site', () => {
  test('is in a bucket that only the distribution can read', () => {
    const bucket = ofType('AWS::S3::Bucket').find(({ stack }) => stack === 'web')
    expect(Object.values(bucket?.Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true])
    const origin = config.Origins.find(({ Id }: { Id: string }) => Id === config.DefaultCacheBehavior.TargetOriginId)
    expect(origin.OriginAccessControlId).toBeDefined()
  })

  test('allows only its own scripts, no framing, and sends no referrer', () => {
    const [headersPolicy] = ofType('AWS::CloudFront::ResponseHeadersPolicy')
    const headers = headersPolicy?.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig
    const policy: string = headers.ContentSecurityPolicy.ContentSecurityPolicy
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(headers.ReferrerPolicy.ReferrerPolicy).toBe('no-referrer')
    expect(headers.FrameOptions.FrameOption).toBe('DENY')
    expect(headers.ContentTypeOptions.Override).toBe(true)
    expect(headers.StrictTransportSecurity.AccessControlMaxAgeSec).toBe(730 * 24 * 3600)
  })
})

describe('the API behind it', () => {
  const api = config.CacheBehaviors.find(({ PathPattern }: { PathPattern: string }) => PathPattern === '/api/*')

  test('is never cached and accepts every method, only by TLS', () => {
    expect(api.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad') // AWS's CachingDisabled
    expect(api.AllowedMethods).toHaveLength(7)
    expect(api.ViewerProtocolPolicy).toBe('https-only')
  })

  test('recognizes CloudFront by a secret that is not in any template', () => {
    const origin = config.Origins.find(({ Id }: { Id: string }) => Id === api.TargetOriginId)
    const [header] = origin.OriginCustomHeaders
    expect(header.HeaderName).toBe('x-origin-secret')
    expect(JSON.stringify(header.HeaderValue)).toContain('{{resolve:secretsmanager:')
  })
})

describe('the firewall', () => {
  const [acl] = ofType('AWS::WAFv2::WebACL')
  const rules: { Name: string; Statement: { RateBasedStatement?: { Limit: number; EvaluationWindowSec: number } } }[] =
    acl?.Properties.Rules

  test('rejects floods with the service’s own response, without a request id', () => {
    const { body } = problemResult(problem('try-again'), { requestId: 'r', now: epochMilliseconds(0) })
    const { requestId: _, ...own } = JSON.parse(body ?? '')
    expect(JSON.parse(acl?.Properties.CustomResponseBodies['try-again'].Content)).toEqual(own)
  })

  test('protects the distribution, from the region that AWS requires', () => {
    expect(config.WebACLId).toEqual({
      'Fn::GetStackOutput': expect.objectContaining({ StackName: 'results-service-prod-edge', Region: 'us-east-1' }),
    })
  })

  test.each([
    ['log-in-floods', '/api/v1/sessions', 1_000 * 3],
    ['registration-floods', '/api/v1/registrations', 500 * 2],
    ['link-floods', '/api/v1/password-resets', 300 * 3],
  ])('%s: a school behind one address stays below the limit', (name, path, schoolNeeds) => {
    const rule = rules.find(({ Name }) => Name === name)
    expect(JSON.stringify(rule)).toContain(`"${path}"`)
    expect(JSON.stringify(rule)).toContain('"URL_DECODE"')
    expect(rule?.Statement.RateBasedStatement?.EvaluationWindowSec).toBe(300)
    expect(rule?.Statement.RateBasedStatement?.Limit).toBeGreaterThanOrEqual(schoolNeeds)
  })

  test.each([
    ['counts', {}, { Count: {} }],
    ['refuses, once it is switched on,', { sweeps: 'block' }, { Block: Match.anyValue() }],
  ])('%s who logs in like a sweep over ID numbers (R28)', (_what, context, action) => {
    const stage = findStage('prod')
    if (!stage) throw new Error('there is no stage prod')
    const stack = new EdgeStack(new App({ context }), 'edge', { env: { region: 'us-east-1' }, stage })
    Template.fromStack(stack).hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([Match.objectLike({ Name: 'log-in-sweeps', Action: action })]),
    })
  })

  test('stores no request samples, which would contain cookies and addresses', () => {
    expect(JSON.stringify(acl)).not.toContain('"SampledRequestsEnabled":true')
  })
})
