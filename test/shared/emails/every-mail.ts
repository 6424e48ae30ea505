import { type ResultMailKind, resultMailKinds } from '../../../shared/contracts/mail.ts'
import { type Language, languages } from '../../../shared/domain/language.ts'
import { type AccountMailKind, accountMail } from '../../../shared/emails/account-mail.ts'
import type { RenderedMail } from '../../../shared/emails/document.ts'
import { resultMailTemplates, resultMailValues } from '../../../shared/emails/result-mail.ts'

export const siteUrl = 'https://results.example.org'

/** A token as long as real ones, with nothing in it to break a line at. */
const token = 'dG9rZW4tZm9yLXRlc3RzLW9ubHktbm90LWEtcmVhbC1vbmU'

interface About {
  readonly name: string
  readonly exam: string
  readonly siteUrl: string
}

/** Each mail about an account, as its sender makes it. */
const accountMails: { readonly [Kind in AccountMailKind]: (language: Language, about: About) => RenderedMail } = {
  'registration-confirmation': (language, about) => accountMail('registration-confirmation', language, about),
  'password-reset-requested': (language, { name }) =>
    accountMail('password-reset-requested', language, { name, link: `${siteUrl}/reset-password#token=${token}` }),
  'password-changed': (language, about) => accountMail('password-changed', language, about),
  'email-change-requested': (language, { name }) =>
    accountMail('email-change-requested', language, { name, link: `${siteUrl}/confirm-email#token=${token}` }),
  'email-change-notice': (language, about) => accountMail('email-change-notice', language, about),
  'email-changed': (language, about) => accountMail('email-changed', language, about),
  'account-locked': (language, about) => accountMail('account-locked', language, about),
  'many-failures': (language, about) => accountMail('many-failures', language, about),
  'account-reset': (language, about) => accountMail('account-reset', language, about),
}

/** Every mail of the service in every language. */
export const everyMail = (about: About) =>
  languages.flatMap((language) => [
    ...resultMailKinds.map((kind) => ({ kind, language, mail: resultMail(kind, language, about) })),
    ...Object.entries(accountMails).map(([kind, mail]) => ({ kind, language, mail: mail(language, about) })),
  ])

/** As SES does: a variable's value, as it is. */
const resultMail = (kind: ResultMailKind, language: Language, about: About): RenderedMail => {
  const values: Readonly<Record<string, string>> = resultMailValues(about) ?? {}
  const put = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
  const { subject, text, html } = resultMailTemplates(kind)[language]
  return { subject: put(subject), text: put(text), html: put(html) }
}
