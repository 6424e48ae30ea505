import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AccessLevel,
  AllowedMethods,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import type { Construct } from 'constructs'
import { originSecretHeader } from '../../shared/contracts/http.ts'
import { acknowledge } from '../constructs/acknowledge.ts'
import { SitePages } from '../constructs/site-pages.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import type { DataStack } from './data-stack.ts'
import type { EdgeStack } from './edge-stack.ts'

export interface WebStackProps extends StackProps {
  readonly stage: Stage
  readonly data: DataStack
  readonly edge: EdgeStack
}

/** The pages, the CloudFront distribution in front of pages and API, and the HTTP API itself (its routes are in the api stack). */
export class WebStack extends Stack {
  readonly httpApi: HttpApi
  /** Base URL of links in mails, without a trailing slash. */
  readonly siteUrl: string

  constructor(scope: Construct, id: string, props: WebStackProps) {
    super(scope, id, props)
    const { stage, data, edge } = props
    this.httpApi = new HttpApi(this, 'http-api', { apiName: stageResourceName(stage), createDefaultStage: false })
    const headers = securityHeaders(this, stage)
    const distribution = new Distribution(this, 'distribution', {
      comment: stageResourceName(stage),
      webAclId: edge.webAclArn,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_ALL,
      ...(stage.site && {
        domainNames: [stage.site.domain],
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        certificate: Certificate.fromCertificateArn(this, 'certificate', stage.site.certificateArn),
      }),
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(new SitePages(this, stage).bucket, {
          // To list is what turns a missing page into 404 instead of 403.
          originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: headers,
        compress: true,
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new HttpOrigin(`${this.httpApi.apiId}.execute-api.${this.region}.${this.urlSuffix}`, {
            protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
            customHeaders: { [originSecretHeader]: data.originSecret.secretValue.unsafeUnwrap() },
          }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
          responseHeadersPolicy: headers,
        },
      },
    })
    acknowledgeOpenDoor(distribution)
    acknowledge(
      distribution,
      'Annotation::@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'There is a default root object, and no query reaches the bucket.',
    )
    this.siteUrl = `https://${stage.site?.domain ?? distribution.distributionDomainName}`
    new CfnOutput(this, 'SiteUrl', { value: this.siteUrl })
  }
}

/** Content security policy for the site's own scripts and styles only, nothing inline; no framing; no referrer. */
const securityHeaders = (scope: Construct, stage: Stage): ResponseHeadersPolicy =>
  new ResponseHeadersPolicy(scope, 'security-headers', {
    responseHeadersPolicyName: stageResourceName(stage, 'security-headers'),
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy: [
          "default-src 'none'",
          ...['script-src', 'style-src', 'img-src', 'font-src', 'connect-src', 'form-action'].map(
            (what) => `${what} 'self'`,
          ),
          "base-uri 'none'",
          "frame-ancestors 'none'",
        ].join('; '),
        override: true,
      },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(730), includeSubdomains: true, override: true },
      contentTypeOptions: { override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
    },
    customHeadersBehavior: {
      customHeaders: [
        { header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=()', override: true },
      ],
    },
  })

const acknowledgeOpenDoor = (distribution: Distribution): void => {
  acknowledge(
    distribution,
    'AwsSolutions-CFR1',
    'Candidates sit these exams, and look at their results, in any country.',
  )
  acknowledge(
    distribution,
    'AwsSolutions-CFR3',
    "Its log would keep children's addresses and the tokens of links; the API logs each request without either.",
  )
  acknowledge(
    distribution,
    'AwsSolutions-CFR4',
    "With CloudFront's own certificate, as in stages without a domain, AWS fixes the lowest TLS version itself.",
  )
}
