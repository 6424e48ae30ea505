import type { Language } from '../domain/language.ts'
import { type MailTexts, mailTexts } from '../locales/mail/index.ts'
import type { MailBlock, MailDocument } from './document.ts'
import { fill } from './fill.ts'

/** Every mail of the service; its texts stand in the locales under this name. */
export type MailKind = keyof MailTexts['mails']

/** What stands in a mail beside its words. */
export interface MailContent {
  /** As it is to be read; blank where there is none. */
  readonly name: string
  readonly url: string
  readonly values?: Readonly<Record<string, string>>
}

/** A mail of the service as a document: greeting, what happened, what to do, what else to know, and why it came. */
export const mailDocument = (
  kind: MailKind,
  language: Language,
  { name, url, values = {} }: MailContent,
): MailDocument => {
  const texts = mailTexts[language]
  const mail: Texts = texts.mails[kind]
  const greeting = name.trim() === '' ? texts.greetingWithoutName : fill(texts.greeting, { name })
  const paragraph = (text: string): MailBlock => ({ kind: 'paragraph', text: fill(text, values) })
  return {
    language,
    subject: fill(mail.subject, values),
    blocks: [
      { kind: 'paragraph', text: greeting },
      ...mail.before.map(paragraph),
      { kind: 'button', label: mail.button, url },
      ...mail.after.map(paragraph),
      { kind: 'small-print', text: mail.smallPrint ?? texts.smallPrint },
    ],
  }
}

interface Texts {
  readonly subject: string
  readonly before: readonly string[]
  readonly button: string
  readonly after: readonly string[]
  /** Where it is not that of every mail about an account. */
  readonly smallPrint?: string
}
