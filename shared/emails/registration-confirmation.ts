import type { Language } from '../domain/language.ts'
import { mailTexts } from '../locales/mail/index.ts'
import { type RenderedMail, render } from './document.ts'
import { fill } from './fill.ts'
import { logInUrl } from './log-in-url.ts'

/** The mail that follows a registration (R11). It names the reader and the exam, and no number (R41). */
export const registrationConfirmationMail = (
  language: Language,
  about: { readonly name: string; readonly exam: string; readonly siteUrl: string },
): RenderedMail => {
  const { greeting, registrationConfirmation: texts } = mailTexts[language]
  return render({
    language,
    subject: texts.subject,
    paragraphs: [fill(greeting, about), fill(texts.news, about), texts.howTo],
    button: { label: texts.button, url: logInUrl(about.siteUrl) },
    afterwards: [texts.notYou],
    footer: texts.why,
  })
}
