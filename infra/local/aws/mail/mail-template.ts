import { StartUpError } from '../../start-up-error.ts'

/** Subject, text and HTML with `{{variables}}`. */
export interface MailTemplate {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** A rendered mail. */
export type MailContent = MailTemplate

export type Rendering =
  | { readonly outcome: 'rendered'; readonly content: MailContent }
  | { readonly outcome: 'failed'; readonly reason: string }

const variable = /\{\{\s*([\w.]+)\s*\}\}/g

/** Throws StartUpError on any Handlebars syntax other than plain variables. */
export const checkTemplate = ({ subject, text, html }: MailTemplate, source: string): void => {
  const unknown = `${subject}${text}${html}`.replaceAll(variable, '').match(/\{\{[^}]*\}?\}?/)
  if (unknown)
    throw new StartUpError(`${source}: the local run supports only plain variables in templates, not ${unknown[0]}`)
}

/** Fills in the data without escaping, as SES does. A variable without data makes rendering fail. */
export const renderTemplate = (template: MailTemplate, data: Readonly<Record<string, unknown>>): Rendering => {
  const missing = new Set<string>()
  const fill = (text: string) =>
    text.replaceAll(variable, (_, path: string) => {
      const value = path
        .split('.')
        .reduce<unknown>((part, name) => (part as Record<string, unknown> | null | undefined)?.[name], data)
      if (value === undefined || value === null) missing.add(path)
      return String(value)
    })
  const content = { subject: fill(template.subject), text: fill(template.text), html: fill(template.html) }
  const [first] = missing
  return first === undefined
    ? { outcome: 'rendered', content }
    : { outcome: 'failed', reason: `Attribute '${first}' is not present in the rendering data.` }
}
