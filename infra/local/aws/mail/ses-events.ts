import { randomUUID } from 'node:crypto'
import { StartUpError } from '../../start-up-error.ts'
import type { LocalAssembly } from '../../types.ts'
import { nameOf } from '../access/role-policies.ts'
import type { NewEvent } from '../events/event-bus.ts'

/** The possible outcomes of a mail. */
export type MailOutcome =
  | { readonly type: 'Send' }
  | { readonly type: 'Delivery' }
  | { readonly type: 'Bounce'; readonly subType: 'General' | 'Suppressed' }
  | { readonly type: 'Complaint' }
  | { readonly type: 'Reject' }
  | { readonly type: 'Rendering Failure'; readonly reason: string; readonly templateName: string }

/** The mail data in SES events. */
export interface EventMail {
  readonly messageId: string
  readonly from: string
  readonly fromAddress: string
  readonly sourceArn: string
  readonly recipients: readonly string[]
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly configurationSetArn: string
  readonly callerIdentity: string
  /** Epoch milliseconds. */
  readonly sentAt: number
}

const detailTypes: Readonly<Record<MailOutcome['type'], string>> = {
  Send: 'Email Sent',
  Delivery: 'Email Delivered',
  Bounce: 'Email Bounced',
  Complaint: 'Email Complaint Received',
  Reject: 'Email Rejected',
  'Rendering Failure': 'Email Rendering Failed',
}

/**
 * An event in SES's format
 * (https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html).
 */
export const mailEvent = (mail: EventMail, outcome: MailOutcome, account: string, now: number): NewEvent => ({
  source: 'aws.ses',
  detailType: detailTypes[outcome.type],
  resources: [mail.configurationSetArn],
  time: now,
  detail: {
    eventType: outcome.type,
    mail: mailOf(mail, account),
    ...outcomeDetail(mail, outcome, new Date(now).toISOString(), now - mail.sentAt),
  },
})

const mailOf = (mail: EventMail, account: string) => {
  const common = { from: [mail.from], to: mail.recipients, messageId: mail.messageId, subject: mail.subject }
  const headers = {
    From: mail.from,
    To: mail.recipients.join(', '),
    Subject: mail.subject,
    'MIME-Version': '1.0',
    ...mail.headers,
  }
  return {
    timestamp: new Date(mail.sentAt).toISOString(),
    source: mail.from,
    sourceArn: mail.sourceArn,
    sendingAccountId: account,
    messageId: mail.messageId,
    destination: mail.recipients,
    headersTruncated: false,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    commonHeaders: common,
    tags: {
      'ses:configuration-set': [mail.configurationSetArn.split('/').at(-1)],
      'ses:source-ip': ['127.0.0.1'],
      'ses:from-domain': [mail.fromAddress.split('@').at(-1)],
      'ses:caller-identity': [mail.callerIdentity],
      ...Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]])),
    },
  }
}

const outcomeDetail = (mail: EventMail, outcome: MailOutcome, timestamp: string, passed: number) => {
  switch (outcome.type) {
    case 'Send':
      return { send: {} }
    case 'Delivery':
      return {
        delivery: {
          timestamp,
          processingTimeMillis: passed,
          recipients: mail.recipients,
          smtpResponse: '250 2.0.0 OK',
          reportingMTA: 'local.smtp-out.amazonses.com',
        },
      }
    case 'Bounce':
      return {
        bounce: {
          feedbackId: randomUUID(),
          bounceType: 'Permanent',
          bounceSubType: outcome.subType,
          bouncedRecipients: mail.recipients.map((emailAddress) => ({
            emailAddress,
            action: 'failed',
            status: '5.1.1',
            diagnosticCode: 'smtp; 550 5.1.1 user unknown',
          })),
          timestamp,
          reportingMTA: 'dns; local.smtp-out.amazonses.com',
        },
      }
    case 'Complaint':
      return {
        complaint: {
          feedbackId: randomUUID(),
          complaintSubType: null,
          complainedRecipients: mail.recipients.map((emailAddress) => ({ emailAddress })),
          timestamp,
          userAgent: 'Amazon SES Mailbox Simulator',
          complaintFeedbackType: 'abuse',
          arrivalDate: timestamp,
        },
      }
    case 'Reject':
      return { reject: { reason: 'Bad content' } }
    case 'Rendering Failure':
      return { failure: { errorMessage: outcome.reason, templateName: outcome.templateName } }
  }
}

interface EventDestination {
  readonly Enabled?: boolean | string
  readonly MatchingEventTypes: readonly string[]
  readonly EventBridgeDestination?: { readonly EventBusArn: string }
  readonly CloudWatchDestination?: unknown
}

/**
 * Which events of which configuration set go to EventBridge. Throws StartUpError on an unsupported destination;
 * CloudWatch destinations are ignored, as they only count.
 */
export const publishedEvents = (
  assembly: LocalAssembly,
): ((configurationSet: string, type: MailOutcome['type']) => boolean) => {
  const published = new Set(
    assembly.ofType('AWS::SES::ConfigurationSetEventDestination').flatMap((resource) => {
      const { ConfigurationSetName, EventDestination } = resource.properties
      const destination = EventDestination as EventDestination
      if (String(destination.Enabled) === 'false' || destination.CloudWatchDestination) return []
      if (!destination.EventBridgeDestination?.EventBusArn.endsWith(':event-bus/default')) {
        throw new StartUpError(`${nameOf(resource)}: the local run supports only the default bus as a destination`)
      }
      return destination.MatchingEventTypes.map((type) => `${String(ConfigurationSetName)} ${normalised(type)}`)
    }),
  )
  return (configurationSet, type) => published.has(`${configurationSet} ${normalised(type)}`)
}

/** Normalizes event types: `RENDERING_FAILURE`, `renderingFailure` and `Rendering Failure` are equal. */
const normalised = (type: string): string => type.replaceAll(/[^a-z]/gi, '').toLowerCase()
