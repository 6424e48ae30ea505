import { randomUUID } from 'node:crypto'
import type {
  BulkEmailEntry,
  EmailContent,
  SendBulkEmailRequest,
  SendEmailRequest,
  Template,
} from '@aws-sdk/client-sesv2'
import type { LocalPrincipal } from '../types.ts'
import { AwsFault } from './aws-fault.ts'
import type { NewEvent } from './event-bus.ts'
import { addressOf, recipientsOf } from './mail-address.ts'
import type { MailStore } from './mail-store.ts'
import { checkTemplate, type MailTemplate, renderTemplate } from './mail-template.ts'
import { identitiesOf } from './names.ts'
import { asObject, type MailBody, type OutgoingMail, parseTemplateData, problemOf } from './outgoing-mail.ts'
import { nameOf } from './role-policies.ts'
import type { QuotaKeeper } from './send-quota.ts'
import type { Operations } from './service.ts'
import { type MailOutcome, mailEvent, publishedEvents } from './ses-events.ts'
import type { Surroundings } from './surroundings.ts'
import type { Route } from './wire.ts'

export const sesRoutes: readonly Route[] = [
  { method: 'POST', path: '/v2/email/outbound-emails', operation: 'SendEmail' },
  { method: 'POST', path: '/v2/email/outbound-bulk-emails', operation: 'SendBulkEmail' },
  { method: 'GET', path: '/v2/email/account', operation: 'GetAccount' },
]

const mostEntries = 50

/** Takes mail for the mailbox and tells of it as SES does. Throws StartUpError on what isn't understood of the assembly. */
export const sesOperations = (
  surroundings: Surroundings,
  options: {
    readonly mails: MailStore
    readonly quota: QuotaKeeper
    readonly publish: (event: NewEvent) => void
  },
): Operations => {
  const { assembly, clock, names } = surroundings
  const { mails, quota } = options
  const isPublished = publishedEvents(assembly)
  const configurationSets = new Set(assembly.ofType('AWS::SES::ConfigurationSet').map(({ id }) => id))
  const identities = new Map(
    assembly.ofType('AWS::SES::EmailIdentity').map(({ properties }) => [String(properties.EmailIdentity), properties]),
  )
  const templates = new Map(
    assembly.ofType('AWS::SES::Template').map((resource) => {
      const template = templateOf((resource.properties.Template ?? {}) as Record<string, string>)
      checkTemplate(template, nameOf(resource))
      return [resource.id, template]
    }),
  )

  /** The configuration set that the mail goes by. */
  const checkSender = (from: string, configurationSet: string | undefined): string | undefined => {
    const verified = identitiesOf(addressOf(from)).find((identity) => identities.has(identity))
    if (!verified) {
      const region = assembly.region.toUpperCase()
      const message = `Email address is not verified. The following identities failed the check in region ${region}: ${from}`
      throw new AwsFault('MessageRejected', message)
    }
    const usual = identities.get(verified)?.ConfigurationSetAttributes as { ConfigurationSetName?: string } | undefined
    const chosen = configurationSet ?? usual?.ConfigurationSetName
    if (chosen !== undefined && !configurationSets.has(chosen)) {
      throw new AwsFault('NotFoundException', `Configuration set <${chosen}> does not exist.`, 404)
    }
    return chosen
  }

  const findTemplate = ({
    TemplateName,
    TemplateContent,
  }: Template): { template: MailTemplate; templateName: string } => {
    if (TemplateContent) {
      const { Subject = '', Text = '', Html = '' } = TemplateContent
      return { template: { subject: Subject, text: Text, html: Html }, templateName: 'inline' }
    }
    const template = templates.get(TemplateName ?? '')
    if (!template) throw new AwsFault('NotFoundException', `Template ${TemplateName} does not exist`, 404)
    return { template, templateName: TemplateName ?? '' }
  }

  const bodyOf = ({ Simple, Template: templated }: EmailContent): MailBody => {
    if (templated) return { ...findTemplate(templated), data: templateData(templated.TemplateData) }
    if (!Simple) throw new AwsFault('BadRequestException', 'the local run takes simple and template mails, no raw ones')
    const { Subject, Body } = Simple
    return { content: { subject: Subject?.Data ?? '', text: Body?.Text?.Data ?? '', html: Body?.Html?.Data ?? '' } }
  }

  const takeRate = (sent: number): void => {
    if (quota.take(sent) === 'rate-exceeded') {
      throw new AwsFault('TooManyRequestsException', 'Maximum sending rate exceeded.', 429)
    }
  }

  /** Accepts a checked mail: from here on it is SES's to tell what became of it. */
  const accept = (mail: OutgoingMail, caller: LocalPrincipal): string => {
    const { body, destination, configurationSet } = mail
    const sentAt = clock.now()
    const messageId = `${sentAt.toString(16).padStart(16, '0')}-${randomUUID()}-000000`
    const rendering =
      'content' in body
        ? ({ outcome: 'rendered', content: body.content } as const)
        : renderTemplate(body.template, body.data)
    const outcomes: readonly MailOutcome[] =
      rendering.outcome === 'rendered'
        ? outcomesOf(recipientsOf(destination), Object.values(rendering.content).join('\n'))
        : [
            {
              type: 'Rendering Failure',
              reason: rendering.reason,
              templateName: 'content' in body ? '' : body.templateName,
            },
          ]
    const isSent = outcomes.some(({ type }) => type === 'Send')
    const [headers, tags] = [asObject(mail.headers), asObject(mail.tags)]
    if (isSent) {
      mails.add({
        id: messageId,
        to: recipientsOf(destination).join(', '),
        headers: { From: mail.from, ...headers },
        tags,
        sentAt: new Date(sentAt).toISOString(),
        ...('content' in body ? { content: body.content } : { template: body.template, data: body.data }),
      })
    }
    if (configurationSet === undefined) return messageId
    const eventMail = {
      messageId,
      from: mail.from,
      fromAddress: addressOf(mail.from),
      sourceArn: names.identity(addressOf(mail.from)),
      recipients: recipientsOf(destination),
      subject: rendering.outcome === 'rendered' ? rendering.content.subject : '',
      headers,
      tags,
      configurationSetArn: names.configurationSet(configurationSet),
      callerIdentity: caller.roleArn.split('/').at(-1) ?? caller.name,
      sentAt,
    }
    // The caller has its answer first.
    setImmediate(() => {
      for (const outcome of outcomes) {
        if (!isPublished(configurationSet, outcome.type)) continue
        options.publish(mailEvent(eventMail, outcome, assembly.account, clock.now()))
      }
    })
    return messageId
  }

  return {
    SendEmail(request: SendEmailRequest, caller) {
      const { FromEmailAddress: from = '', Destination: destination = {}, Content = {}, EmailTags: tags = [] } = request
      const configurationSet = checkSender(from, request.ConfigurationSetName)
      const headers = Content.Simple?.Headers ?? Content.Template?.Headers ?? []
      const mail = { from, destination, body: bodyOf(Content as EmailContent), headers, tags, configurationSet }
      const problem = problemOf(mail)
      if (problem) throw new AwsFault('BadRequestException', problem)
      const recipients = recipientsOf(destination).length
      takeRate(recipients)
      if (quota.takeOfDay(recipients) < recipients) {
        throw new AwsFault('TooManyRequestsException', 'Daily message quota exceeded.', 429)
      }
      return { MessageId: accept(mail, caller) }
    },

    SendBulkEmail(request: SendBulkEmailRequest, caller) {
      const {
        FromEmailAddress: from = '',
        BulkEmailEntries: entries = [],
        DefaultContent,
        DefaultEmailTags = [],
      } = request
      const configurationSet = checkSender(from, request.ConfigurationSetName)
      if (entries.length < 1 || entries.length > mostEntries) {
        throw new AwsFault(
          'BadRequestException',
          `A bulk call has 1 to ${mostEntries} entries; this one has ${entries.length}.`,
        )
      }
      const template = DefaultContent?.Template ?? {}
      const found = findTemplate(template)
      const usual = templateData(template.TemplateData)
      takeRate(entries.length)
      const sendOne = (entry: BulkEmailEntry) => {
        const own = parseTemplateData(entry.ReplacementEmailContent?.ReplacementTemplate?.ReplacementTemplateData)
        const mail = {
          from,
          destination: entry.Destination ?? {},
          body: { ...found, data: { ...usual, ...own } },
          headers: mergedByName(template.Headers ?? [], entry.ReplacementHeaders ?? []),
          tags: mergedByName(DefaultEmailTags, entry.ReplacementTags ?? []),
          configurationSet,
        }
        const problem = own ? problemOf(mail) : 'The replacement data is no JSON object.'
        if (problem) return { Status: 'INVALID_PARAMETER', Error: problem }
        if (quota.takeOfDay(1) < 1) {
          return { Status: 'ACCOUNT_DAILY_QUOTA_EXCEEDED', Error: 'Daily message quota exceeded.' }
        }
        return { Status: 'SUCCESS', MessageId: accept(mail, caller) }
      }
      return { BulkEmailEntryResults: entries.map(sendOne) }
    },

    GetAccount: () => ({
      DedicatedIpAutoWarmupEnabled: false,
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      SendQuota: {
        Max24HourSend: quota.quota.daily,
        MaxSendRate: quota.quota.rate,
        SentLast24Hours: quota.sentLast24Hours(),
      },
      SuppressionAttributes: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    }),
  }
}

const templateOf = ({
  SubjectPart = '',
  TextPart = '',
  HtmlPart = '',
}: Readonly<Record<string, string>>): MailTemplate => ({
  subject: SubjectPart,
  text: TextPart,
  html: HtmlPart,
})

const templateData = (text: string | undefined): Readonly<Record<string, unknown>> => {
  const data = parseTemplateData(text)
  if (!data) throw new AwsFault('BadRequestException', 'The template data is no JSON object.')
  return data
}

const mergedByName = <Pair extends { readonly Name: string | undefined }>(
  usual: readonly Pair[],
  own: readonly Pair[],
): readonly Pair[] => [...new Map([...usual, ...own].map((pair) => [pair.Name, pair])).values()]

/** EICAR's test text, which mail services must take for a virus. */
const virus = 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE'

/** What becomes of a mail: SES's simulator addresses have theirs, with or without a label; everybody else gets it. */
const outcomesOf = (recipients: readonly string[], content: string): readonly MailOutcome[] => {
  if (content.includes(virus)) return [{ type: 'Reject' }]
  const [, simulated] = /^(\w+)(?:\+[^@]*)?@simulator\.amazonses\.com$/.exec(recipients[0] ?? '') ?? []
  switch (simulated) {
    case 'bounce':
      return [{ type: 'Send' }, { type: 'Bounce', subType: 'General' }]
    case 'suppressionlist':
      return [{ type: 'Send' }, { type: 'Bounce', subType: 'Suppressed' }]
    case 'complaint':
      return [{ type: 'Send' }, { type: 'Delivery' }, { type: 'Complaint' }]
    default:
      return [{ type: 'Send' }, { type: 'Delivery' }]
  }
}
