import type { Destination, MessageHeader, MessageTag } from '@aws-sdk/client-sesv2'
import { isAddress, recipientsOf } from './mail-address.ts'
import type { MailContent, MailTemplate } from './mail-template.ts'

/** A mail to be sent, before validation. */
export interface OutgoingMail {
  readonly from: string
  readonly destination: Destination
  readonly body: MailBody
  readonly headers: readonly MessageHeader[]
  readonly tags: readonly MessageTag[]
  readonly configurationSet: string | undefined
}

export type MailBody =
  | { readonly content: MailContent }
  | { readonly template: MailTemplate; readonly templateName: string; readonly data: Readonly<Record<string, unknown>> }

const maxRecipients = 50

/** The reason why SES would reject the mail; undefined if there is none. */
export const problemOf = ({ destination, body, headers, tags }: OutgoingMail): string | undefined => {
  const recipients = recipientsOf(destination)
  const subject = 'content' in body ? body.content.subject : ''
  const wrongTag = tags.find(({ Name = '', Value = '' }) => !isTagText(Name) || !isTagText(Value))
  const wrongHeader = headers.find(
    ({ Name = '', Value = '' }) => !/^[!-9;-~]{1,126}$/.test(Name) || !/^[ -~]{1,870}$/.test(Value),
  )
  if (recipients.length < 1 || recipients.length > maxRecipients) return `A mail has 1 to ${maxRecipients} recipients.`
  if (!recipients.every(isAddress)) return 'A recipient is no email address.'
  if (hasControlCharacters(subject)) return 'A subject has no control characters.'
  if (wrongTag) return `The tag ${wrongTag.Name} has other characters than letters, digits and _-.@, or none.`
  if (wrongHeader) return `The header ${wrongHeader.Name} is not allowed.`
  return undefined
}

/** Parses template data; undefined if it is not a JSON object. */
export const parseTemplateData = (text = '{}'): Readonly<Record<string, unknown>> | undefined => {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Converts header or tag lists to objects. */
export const asObject = (
  list: readonly { readonly Name: string | undefined; readonly Value: string | undefined }[],
): Record<string, string> => Object.fromEntries(list.map(({ Name = '', Value = '' }) => [Name, Value]))

const isTagText = (text: string) => /^[\w.@-]{1,256}$/.test(text)

const hasControlCharacters = (text: string) => /\p{Cc}/u.test(text)
