import { emailLinkLives, resetLinkLives } from '../domain/account-token.ts'
import type { Language } from '../domain/language.ts'
import { lockDuration } from '../domain/sign-in-guard.ts'
import { hour, minute } from '../domain/time.ts'
import type { RenderedMail } from './document.ts'
import { forgottenPasswordUrl, logInUrl, registerUrl } from './links.ts'
import { mailDocument } from './mail-document.ts'
import { readableName } from './readable-name.ts'
import { renderHtml } from './render-html.ts'
import { renderText } from './render-text.ts'

interface AboutAccount {
  readonly name: string
  /** The stage's site, from its configuration. */
  readonly siteUrl: string
}

interface WithLink {
  readonly name: string
  /** The page with the one-time token in its fragment. */
  readonly link: string
}

/** Each mail about an account, and what it is made from. */
export interface AccountMailValues {
  /** After a registration (R11). */
  readonly 'registration-confirmation': AboutAccount & {
    /** The exam's name in the catalogue. */
    readonly exam: string
  }
  /** With the link that sets a new password (R30, R31). */
  readonly 'password-reset-requested': WithLink
  /** After a change or a reset by email (R31). */
  readonly 'password-changed': AboutAccount
  /** To the new address, with the link that confirms it (R55). */
  readonly 'email-change-requested': WithLink
  /** To the address in force, when another one is asked for (R55). */
  readonly 'email-change-notice': AboutAccount
  /** To the old address, once the new one is in force (R55). */
  readonly 'email-changed': AboutAccount
  /** Tells how to set a new password, and that the lock ends by itself (R24). */
  readonly 'account-locked': AboutAccount
  /** Advises a new password (R28). */
  readonly 'many-failures': AboutAccount
  /** To the old address, after a full reset (R35). */
  readonly 'account-reset': AboutAccount
}

export type AccountMailKind = keyof AccountMailValues

/**
 * A mail about an account (R58). It names the reader, if there is a name to show, and at most the exam: no number, no
 * grade (R41). Throws where the exam is blank or a link is no web address.
 */
export const accountMail = <Kind extends AccountMailKind>(
  kind: Kind,
  language: Language,
  values: AccountMailValues[Kind],
): RenderedMail => {
  const document = mailDocument(kind, language, { name: readableName(values.name), ...contents[kind](values) })
  return { subject: document.subject, text: renderText(document), html: renderHtml(document) }
}

type Content = { readonly url: string; readonly values?: Readonly<Record<string, string>> }

const minutesOf = (duration: number) => ({ minutes: String(duration / minute) })

const contents: { readonly [Kind in AccountMailKind]: (values: AccountMailValues[Kind]) => Content } = {
  'registration-confirmation': ({ siteUrl, exam }) => ({ url: logInUrl(siteUrl), values: { exam } }),
  'password-reset-requested': ({ link }) => ({ url: webAddress(link), values: minutesOf(resetLinkLives) }),
  'password-changed': ({ siteUrl }) => ({ url: forgottenPasswordUrl(siteUrl) }),
  'email-change-requested': ({ link }) => ({
    url: webAddress(link),
    values: { hours: String(emailLinkLives / hour) },
  }),
  'email-change-notice': ({ siteUrl }) => ({ url: forgottenPasswordUrl(siteUrl) }),
  'email-changed': ({ siteUrl }) => ({ url: logInUrl(siteUrl) }),
  'account-locked': ({ siteUrl }) => ({ url: forgottenPasswordUrl(siteUrl), values: minutesOf(lockDuration) }),
  'many-failures': ({ siteUrl }) => ({ url: forgottenPasswordUrl(siteUrl) }),
  'account-reset': ({ siteUrl }) => ({ url: registerUrl(siteUrl) }),
}

const webAddress = (link: string): string => {
  if (!/^https?:$/.test(new URL(link).protocol)) throw new Error('a link in a mail has to be a web address')
  return link
}
