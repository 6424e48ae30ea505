import { randomUUID } from 'node:crypto'
import type { LocalPrincipal } from '../../types.ts'
import type { NewEvent } from '../events/event-bus.ts'
import type { ServiceContext } from '../service-context.ts'
import { addressOf, recipientsOf } from './mail-address.ts'
import type { MailStore } from './mail-store.ts'
import { type Rendering, renderTemplate } from './mail-template.ts'
import { asObject, type MailBody, type OutgoingMail } from './outgoing-mail.ts'
import { type EventMail, type MailOutcome, mailEvent, publishedEvents } from './ses-events.ts'

/** Accepts a validated mail and returns its id; its outcome follows as events. */
export type AcceptMail = (mail: OutgoingMail, caller: LocalPrincipal) => string

/** Puts sent mails into the mailbox; publishes their events after the caller has its response. */
export const acceptMail = (
  context: ServiceContext,
  options: { readonly mails: MailStore; readonly publish: (event: NewEvent) => void },
): AcceptMail => {
  const { assembly, clock, names } = context
  const isPublished = publishedEvents(assembly)

  const tell = (mail: EventMail, outcomes: readonly MailOutcome[]) => {
    for (const outcome of outcomes) options.publish(mailEvent(mail, outcome, assembly.account, clock.now()))
  }

  return (mail, caller) => {
    const sentAt = clock.now()
    const messageId = `${sentAt.toString(16).padStart(16, '0')}-${randomUUID()}-000000`
    const recipients = recipientsOf(mail.destination)
    const rendering = render(mail.body)
    const outcomes = outcomesOf(recipients, mail.body, rendering)
    const [headers, tags] = [asObject(mail.headers), asObject(mail.tags)]
    if (outcomes.some(({ type }) => type === 'Send')) {
      options.mails.add({
        id: messageId,
        to: recipients.join(', '),
        headers: { From: mail.from, ...headers },
        tags,
        sentAt: new Date(sentAt).toISOString(),
        ...mail.body,
      })
    }
    const { configurationSet } = mail
    if (configurationSet !== undefined) {
      const eventMail = {
        messageId,
        from: mail.from,
        fromAddress: addressOf(mail.from),
        sourceArn: names.identity(addressOf(mail.from)),
        recipients,
        subject: rendering.outcome === 'rendered' ? rendering.content.subject : '',
        headers,
        tags,
        configurationSetArn: names.configurationSet(configurationSet),
        callerIdentity: caller.roleArn.split('/').at(-1) ?? caller.name,
        sentAt,
      }
      const told = outcomes.filter(({ type }) => isPublished(configurationSet, type))
      setImmediate(() => tell(eventMail, told))
    }
    return messageId
  }
}

const render = (body: MailBody): Rendering =>
  'content' in body ? { outcome: 'rendered', content: body.content } : renderTemplate(body.template, body.data)

/** The EICAR test text, which mail services treat as a virus. */
const virus = 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE'

/** The outcome of a mail: fixed for SES's simulator addresses, with or without a label; delivery for all others. */
const outcomesOf = (recipients: readonly string[], body: MailBody, rendering: Rendering): readonly MailOutcome[] => {
  if (rendering.outcome === 'failed') {
    const templateName = 'content' in body ? '' : body.templateName
    return [{ type: 'Rendering Failure', reason: rendering.reason, templateName }]
  }
  if (Object.values(rendering.content).some((part) => part.includes(virus))) return [{ type: 'Reject' }]
  const [, simulated] = /^(\w+)(?:\+[^@]*)?@simulator\.amazonses\.com$/i.exec(recipients[0] ?? '') ?? []
  switch (simulated?.toLowerCase()) {
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
