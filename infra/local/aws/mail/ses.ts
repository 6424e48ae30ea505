import type { BulkEmailEntry, EmailContent, SendBulkEmailRequest, SendEmailRequest } from '@aws-sdk/client-sesv2'
import { type Faults, noFaults } from '../../faults.ts'
import { AwsFault } from '../aws-fault.ts'
import type { NewEvent } from '../events/event-bus.ts'
import type { Route } from '../json-protocols.ts'
import type { Operations } from '../service.ts'
import type { ServiceContext } from '../service-context.ts'
import { acceptMail } from './accept-mail.ts'
import { recipientsOf } from './mail-address.ts'
import type { MailStore } from './mail-store.ts'
import { type MailBody, parseTemplateData, problemOf } from './outgoing-mail.ts'
import type { SendLimiter } from './send-quota.ts'
import { sesResources } from './ses-resources.ts'

export const sesRoutes: readonly Route[] = [
  { method: 'POST', path: '/v2/email/outbound-emails', operation: 'SendEmail' },
  { method: 'POST', path: '/v2/email/outbound-bulk-emails', operation: 'SendBulkEmail' },
  { method: 'GET', path: '/v2/email/account', operation: 'GetAccount' },
]

const maxEntries = 50

/** SES: puts mail into the mailbox and publishes its events. Throws StartUpError on unsupported resources. */
export const sesOperations = (
  context: ServiceContext,
  options: {
    readonly mails: MailStore
    readonly quota: SendLimiter
    readonly publish: (event: NewEvent) => void
    readonly faults?: Pick<Faults, 'ofBulkEntry'>
  },
): Operations => {
  const { quota, faults = noFaults } = options
  const resources = sesResources(context.assembly)
  const accept = acceptMail(context, options)

  const bodyOf = ({ Simple, Template }: EmailContent): MailBody => {
    if (Template) return { ...resources.template(Template), data: templateData(Template.TemplateData) }
    if (!Simple) throw new AwsFault('BadRequestException', 'the local run takes simple and template mails, no raw ones')
    const { Subject, Body } = Simple
    return { content: { subject: Subject?.Data ?? '', text: Body?.Text?.Data ?? '', html: Body?.Html?.Data ?? '' } }
  }

  const takeRate = (mails: number): void => {
    if (quota.take(mails) === 'rate-exceeded') {
      throw new AwsFault('TooManyRequestsException', 'Maximum sending rate exceeded.', 429)
    }
  }

  return {
    SendEmail(request: SendEmailRequest, caller) {
      const { FromEmailAddress: from = '', Destination: destination = {}, Content, EmailTags: tags = [] } = request
      const configurationSet = resources.configurationSetFor(from, request.ConfigurationSetName)
      const headers = Content?.Simple?.Headers ?? Content?.Template?.Headers ?? []
      const mail = { from, destination, body: bodyOf(Content ?? {}), headers, tags, configurationSet }
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
      const { FromEmailAddress: from = '', BulkEmailEntries: entries = [], DefaultEmailTags = [] } = request
      const configurationSet = resources.configurationSetFor(from, request.ConfigurationSetName)
      if (entries.length < 1 || entries.length > maxEntries) {
        const message = `A bulk call has 1 to ${maxEntries} entries; this one has ${entries.length}.`
        throw new AwsFault('BadRequestException', message)
      }
      const usual = request.DefaultContent?.Template ?? {}
      const template = resources.template(usual)
      const usualData = templateData(usual.TemplateData)
      takeRate(entries.length)

      const sendOne = (entry: BulkEmailEntry) => {
        const data = parseTemplateData(entry.ReplacementEmailContent?.ReplacementTemplate?.ReplacementTemplateData)
        const mail = {
          from,
          destination: entry.Destination ?? {},
          body: { ...template, data: { ...usualData, ...data } },
          headers: mergedByName(usual.Headers ?? [], entry.ReplacementHeaders ?? []),
          tags: mergedByName(DefaultEmailTags, entry.ReplacementTags ?? []),
          configurationSet,
        }
        const problem = data ? problemOf(mail) : 'The replacement data is no JSON object.'
        if (problem) return { Status: 'INVALID_PARAMETER', Error: problem }
        const fault = faults.ofBulkEntry()
        if (fault === 'throttled') return { Status: 'ACCOUNT_THROTTLED', Error: 'Maximum sending rate exceeded.' }
        if (fault === 'transient-unsent') return transientFailure
        if (quota.takeOfDay(1) < 1) {
          return { Status: 'ACCOUNT_DAILY_QUOTA_EXCEEDED', Error: 'Daily message quota exceeded.' }
        }
        const MessageId = accept(mail, caller)
        return fault === 'transient-sent' ? transientFailure : { Status: 'SUCCESS', MessageId }
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

const transientFailure = { Status: 'TRANSIENT_FAILURE', Error: 'Please try again later.' }

const templateData = (text: string | undefined): Readonly<Record<string, unknown>> => {
  const data = parseTemplateData(text)
  if (!data) throw new AwsFault('BadRequestException', 'The template data is no JSON object.')
  return data
}

const mergedByName = <Pair extends { readonly Name: string | undefined }>(
  usual: readonly Pair[],
  own: readonly Pair[],
): readonly Pair[] => [...new Map([...usual, ...own].map((pair) => [pair.Name, pair])).values()]
