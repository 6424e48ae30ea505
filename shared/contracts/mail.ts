/** What results mails tell, as their tag says it. */
export const resultMailKinds = ['results-released', 'results-corrected'] as const
export type ResultMailKind = (typeof resultMailKinds)[number]

/** SES's name of the template that tells it in one language. */
export const resultMailTemplateName = (prefix: string, kind: ResultMailKind, language: string): string =>
  `${prefix}-${kind}-${language}`

/** The tags by which SES's events are found again: values of `[A-Za-z0-9_-]`, never an ID number or an address. */
export const mailTags = {
  /** The event that brought the mail about, or `registration-confirmation`. */
  kind: 'kind',
  /** Of result mails: the release, or the correction of it. */
  release: 'release',
  /** Of result mails: which of the release's mails. */
  delivery: 'delivery',
  /** Of account mails: the event that brought it about, by its id. */
  event: 'event',
  /** Tells, without saying it, which address the mail went to: `addressFingerprint`. */
  address: 'address',
} as const

export const mailKinds = {
  resultsReleased: 'results-released',
  registrationConfirmation: 'registration-confirmation',
} as const

/** Headers of every mail, beside what SES sets: no out-of-office answers to it (RFC 3834). */
export const fixedMailHeaders: Readonly<Record<string, string>> = { 'Auto-Submitted': 'auto-generated' }

/** Whom a stage's mail reaches, as far as readiness has to know it; `nobody` where it ends on the same machine. */
export const mailReaches = ['everybody', 'a-list', 'nobody'] as const
export type MailReach = (typeof mailReaches)[number]
