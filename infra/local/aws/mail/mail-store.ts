import { createHash } from 'node:crypto'
import { openJournal } from '../journal.ts'
import { dataFile, type ServiceContext } from '../service-context.ts'
import { type MailContent, type MailTemplate, renderTemplate } from './mail-template.ts'

/** A mail as listed in `/mailbox.json`. */
export interface Mail extends MailContent {
  readonly id: string
  readonly to: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** ISO 8601 UTC. */
  readonly sentAt: string
}

/** A mail without its content. */
export type Envelope = Omit<Mail, keyof MailContent>
type Content =
  | { readonly content: MailContent }
  /** Rendered on demand, as a hundred thousand mails share one template. */
  | { readonly template: MailTemplate; readonly data: Readonly<Record<string, unknown>> }

/** Every mail that SES accepted. */
export interface MailStore {
  add(mail: Envelope & Content): void
  get(id: string): Mail | undefined
  /** Newest first, rendered one by one. */
  newestFirst(to?: string): Iterable<Mail>
  /** Oldest first. */
  envelopes(): Iterable<Envelope>
  stop(): void
}

type Kept = Envelope &
  ({ readonly content: MailContent } | { readonly template: string; readonly data: Readonly<Record<string, unknown>> })

export const openMailStore = (context: Pick<ServiceContext, 'dataDir'>): MailStore => {
  const mails = openJournal<Kept>(dataFile(context, 'mails.jsonl'))
  // Keyed by content hash, so that old mails keep their template when it changes.
  const templates = openJournal<MailTemplate>(dataFile(context, 'mail-templates.jsonl'))
  const order = [...mails.values()].map(({ id }) => id)
  const ids = new WeakMap<MailTemplate, string>()

  const idOf = (template: MailTemplate): string => {
    const known = ids.get(template)
    if (known) return known
    const id = createHash('sha256').update(JSON.stringify(template)).digest('hex')
    if (!templates.get(id)) templates.set(id, template)
    ids.set(template, id)
    return id
  }

  const render = (kept: Kept): Mail => {
    if ('content' in kept) {
      const { content, ...envelope } = kept
      return { ...envelope, ...content }
    }
    const { template, data, ...envelope } = kept
    const rendering = renderTemplate(templates.get(template) as MailTemplate, data)
    return {
      ...envelope,
      ...(rendering.outcome === 'rendered' ? rendering.content : { subject: '', text: '', html: '' }),
    }
  }

  return {
    add(mail) {
      const kept = 'content' in mail ? mail : { ...mail, template: idOf(mail.template) }
      mails.set(mail.id, kept)
      order.push(mail.id)
    },
    get(id) {
      const kept = mails.get(id)
      return kept && render(kept)
    },
    *newestFirst(to) {
      const wanted = to?.toLowerCase()
      for (let index = order.length - 1; index >= 0; index -= 1) {
        const kept = mails.get(order[index] ?? '')
        if (kept && (wanted === undefined || kept.to.toLowerCase() === wanted)) yield render(kept)
      }
    },
    envelopes: () => mails.values(),
    stop() {
      mails.close()
      templates.close()
    },
  }
}
