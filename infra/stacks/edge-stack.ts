import { CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import { operations } from '../../shared/contracts/http.ts'
import { problemHead } from '../../shared/contracts/problems.ts'
import { type Stage, stageResourceName } from '../stages.ts'

export interface EdgeStackProps extends StackProps {
  readonly stage: Stage
}

/** The firewall before CloudFront. AWS keeps it in us-east-1 alone, whatever the stage's region. */
export class EdgeStack extends Stack {
  readonly webAclArn: string

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props)
    const acl = new CfnWebACL(this, 'web-acl', {
      name: stageResourceName(props.stage),
      description: 'Floods from one address and known attacks. Single IDs are guarded by the lock, not here.',
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible('all'),
      customResponseBodies: { 'try-again': { contentType: 'APPLICATION_JSON', content: JSON.stringify(tryAgain) } },
      rules: [
        // 1,000 candidates of one school who all log in within five minutes of a release, each with up to three tries;
        // a sweep over ID numbers gets at most ten tries a second from one address.
        rateRule(0, 'log-in-floods', operations.logIn, 3_000),
        // 500 candidates registering in their school's computer rooms within five minutes, each submitting twice.
        rateRule(1, 'registration-floods', operations.register, 1_000),
        // 300 of a school who have forgotten their password, each asking three times; whoever goes through ID numbers would
        // have every candidate mailed a link that nobody asked for.
        rateRule(2, 'link-floods', operations.requestPasswordReset, 900),
        // Stricter than a large school needs, so it only counts until it is switched on: `-c sweeps=block` (R28).
        rateRule(3, 'log-in-sweeps', operations.logIn, 100, this.node.tryGetContext('sweeps') === 'block'),
        managedRules(4, 'AWSManagedRulesKnownBadInputsRuleSet', []),
        managedRules(5, 'AWSManagedRulesCommonRuleSet', bodyRules),
      ],
    })
    this.webAclArn = acl.attrArn
    // Read by the distribution's stack in another region, where there are no exports.
    CrossStackReferences.of(acl).produce(ReferenceStrength.WEAK)
  }
}

/** What the service itself answers in this case, but for the request id, and as JSON: the firewall knows no other type. */
const tryAgain = problemHead('try-again')

/** Only counted: what people type is checked by the service, which answers in words that a page can show. */
const bodyRules = [
  'SizeRestrictions_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'CrossSiteScripting_BODY',
]

// No samples of requests: they would keep candidates' addresses and cookies.
const visible = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
})

/** At most `limit` calls of one operation in five minutes from one address; the others get 429, or are only counted. */
const rateRule = (
  priority: number,
  name: string,
  operation: { readonly method: string; readonly path: string },
  limit: number,
  isBlocking = true,
): CfnWebACL.RuleProperty => ({
  name,
  priority,
  action: isBlocking ? blocked : { count: {} },
  visibilityConfig: visible(name),
  statement: {
    rateBasedStatement: {
      limit,
      evaluationWindowSec: 300,
      aggregateKeyType: 'IP',
      scopeDownStatement: {
        andStatement: {
          statements: [
            exactly({ method: {} }, operation.method),
            // However it is spelled: `/api/v1/%73essions` leads to the same function.
            exactly({ uriPath: {} }, operation.path, ['URL_DECODE', 'NORMALIZE_PATH']),
          ],
        },
      },
    },
  },
})

const blocked: CfnWebACL.RuleActionProperty = {
  block: {
    customResponse: {
      responseCode: tryAgain.status,
      customResponseBodyKey: 'try-again',
      responseHeaders: [{ name: 'Retry-After', value: '60' }],
    },
  },
}

const exactly = (
  fieldToMatch: CfnWebACL.FieldToMatchProperty,
  searchString: string,
  transformations: readonly string[] = ['NONE'],
): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    fieldToMatch,
    searchString,
    positionalConstraint: 'EXACTLY',
    textTransformations: transformations.map((type, priority) => ({ type, priority })),
  },
})

const managedRules = (priority: number, name: string, counted: readonly string[]): CfnWebACL.RuleProperty => ({
  name,
  priority,
  overrideAction: { none: {} },
  visibilityConfig: visible(name),
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
})
