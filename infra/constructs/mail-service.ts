import { Stack } from 'aws-cdk-lib'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import {
  CfnConfigurationSet,
  CfnConfigurationSetEventDestination,
  CfnEmailIdentity,
  CfnTemplate,
} from 'aws-cdk-lib/aws-ses'
import { Construct } from 'constructs'
import { resultMailKinds, resultMailTemplateName } from '../../shared/contracts/mail.ts'
import { resultMailTemplates } from '../../shared/emails/result-mail.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import type { ServiceFunction } from './service-function.ts'

const simulator = '@simulator.amazonses.com'

/** The SES identity, the configuration set and templates, and the permissions to send. */
export class MailService extends Construct {
  readonly configurationSet: string
  readonly templatePrefix: string
  /** Environment variables of every function that sends mail. */
  readonly environment: {
    readonly MAIL_FROM: string
    readonly MAIL_CONFIGURATION_SET: string
    /** `*`, or addresses and `@domains` separated by commas. */
    readonly MAIL_ALLOW_LIST: string
  }
  readonly #stage: Stage
  readonly #address: string
  readonly #templates: readonly string[]

  constructor(scope: Construct, stage: Stage) {
    super(scope, 'mail')
    this.#stage = stage
    this.#address = `no-reply@${stage.mail.domain}`
    this.configurationSet = stageResourceName(stage)
    this.templatePrefix = stageResourceName(stage)
    this.environment = {
      MAIL_FROM: `"${stage.mail.senderName}" <${this.#address}>`,
      MAIL_CONFIGURATION_SET: this.configurationSet,
      MAIL_ALLOW_LIST: stage.mail.recipients === 'everyone' ? '*' : [...stage.mail.recipients, simulator].join(','),
    }
    this.#templates = this.#publishTemplates()
    const set = new CfnConfigurationSet(this, 'configuration-set', {
      name: this.configurationSet,
      reputationOptions: { reputationMetricsEnabled: true },
      sendingOptions: { sendingEnabled: true },
      suppressionOptions: { suppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    })
    new CfnEmailIdentity(this, 'identity', {
      emailIdentity: stage.mail.domain,
      configurationSetAttributes: { configurationSetName: set.ref },
      mailFromAttributes: {
        mailFromDomain: `bounce.${stage.mail.domain}`,
        behaviorOnMxFailure: 'USE_DEFAULT_VALUE',
      },
    })
    // SES can only reach the account's default bus.
    new CfnConfigurationSetEventDestination(this, 'events', {
      configurationSetName: set.ref,
      eventDestination: {
        enabled: true,
        matchingEventTypes: [
          'SEND',
          'DELIVERY',
          'DELIVERY_DELAY',
          'BOUNCE',
          'COMPLAINT',
          'REJECT',
          'RENDERING_FAILURE',
        ],
        eventBridgeDestination: { eventBusArn: EventBus.fromEventBusName(this, 'default-bus', 'default').eventBusArn },
      },
    })
  }

  /** Allows sending single mails, only from this service's address, and reading the account's send rate. */
  allowSendEmail(sender: ServiceFunction): void {
    this.#allowRate(sender)
    this.#allow(sender, 'ses:SendEmail')
  }

  /** Allows sending bulk mails with this service's templates, and reading the account's send rate. */
  allowSendBulkEmail(sender: ServiceFunction): void {
    this.#allowRate(sender)
    this.#allow(sender, 'ses:SendBulkEmail', ...this.#templates.map((name) => this.#arn('template', name)))
  }

  #allowRate(sender: ServiceFunction): void {
    sender.allowMatching(
      ['ses:GetAccount'],
      '*',
      'It sendRates itself by the send rate, which is the account’s and no resource of it.',
    )
  }

  /** One template for each language, named by the prefix. */
  #publishTemplates(): string[] {
    return resultMailKinds.flatMap((kind) =>
      Object.entries(resultMailTemplates(kind)).map(([language, { subject, text, html }]) => {
        const templateName = resultMailTemplateName(this.templatePrefix, kind, language)
        new CfnTemplate(this, `${kind}-${language}`, {
          template: { templateName, subjectPart: subject, textPart: text, htmlPart: html },
        })
        return templateName
      }),
    )
  }

  /**
   * Outside prod the role itself is limited to the allow-list, so that a bug cannot mail candidates. For bulk calls AWS
   * provides neither sender nor recipients as condition keys
   * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html), so a
   * condition on them would deny every call (docs/decisions/0008).
   */
  #allow(sender: ServiceFunction, action: 'ses:SendEmail' | 'ses:SendBulkEmail', ...more: string[]): void {
    const { recipients } = this.#stage.mail
    const ifExists = action === 'ses:SendBulkEmail' ? 'IfExists' : ''
    sender.role.addToPolicy(
      new PolicyStatement({
        actions: [action],
        resources: [
          this.#arn('identity', this.#stage.mail.domain),
          this.#arn('configuration-set', this.configurationSet),
          ...more,
        ],
        conditions: {
          [`StringEquals${ifExists}`]: { 'ses:FromAddress': this.#address },
          ...(recipients !== 'everyone' && {
            'ForAllValues:StringLike': {
              'ses:Recipients': [...recipients, simulator].map((entry) =>
                entry.startsWith('@') ? `*${entry}` : entry,
              ),
            },
          }),
        },
      }),
    )
  }

  #arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'ses', resource, resourceName })
  }
}
