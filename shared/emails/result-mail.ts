import type { ResultMailKind } from '../contracts/mail.ts'
import { type Language, languages } from '../domain/language.ts'
import type { MailDocument, RenderedMail } from './document.ts'
import { escapeHtml } from './escape-html.ts'
import { logInUrl } from './links.ts'
import { mailDocument } from './mail-document.ts'
import { readableName } from './readable-name.ts'
import { renderHtml } from './render-html.ts'
import { renderText } from './render-text.ts'

/**
 * What SES puts into the templates for each reader. SES does not escape, so a name comes in two forms
 * (https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html).
 */
export const resultMailVariables = ['nameText', 'nameHtml', 'exam', 'logInUrl'] as const
export type ResultMailVariable = (typeof resultMailVariables)[number]

/** The templates of the mail that results are out, or corrected (R51), with SES's `{{variables}}`. No grade, no number. */
export const resultMailTemplates = (kind: ResultMailKind = 'results-released'): Record<Language, RenderedMail> =>
  Object.fromEntries(languages.map((language) => [language, templateIn(kind, language)])) as Record<
    Language,
    RenderedMail
  >

/** What the variables stand for in one reader's mail; undefined where one is blank. */
export const resultMailValues = (about: {
  readonly name: string
  /** The exam's name in the catalogue. */
  readonly exam: string
  readonly siteUrl: string
}): Record<ResultMailVariable, string> | undefined => {
  const name = readableName(about.name)
  const values = {
    nameText: name,
    nameHtml: escapeHtml(name),
    exam: about.exam,
    logInUrl: logInUrl(about.siteUrl),
  }
  return Object.values(values).some((value) => value.trim() === '') ? undefined : values
}

const templateIn = (kind: ResultMailKind, language: Language): RenderedMail => {
  const text = documentIn(kind, language, '{{nameText}}')
  const html = documentIn(kind, language, '{{nameHtml}}')
  return { subject: text.subject, text: renderText(text), html: renderHtml(html) }
}

const documentIn = (kind: ResultMailKind, language: Language, name: string): MailDocument =>
  mailDocument(kind, language, { name, url: '{{logInUrl}}', values: { exam: '{{exam}}' } })
