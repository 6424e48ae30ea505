/** Kinds of result mails, as in their tag. */
export const resultMailKinds = ['results-released', 'results-corrected'] as const
export type ResultMailKind = (typeof resultMailKinds)[number]

/** Name of the SES template in one language. */
export const resultMailTemplateName = (prefix: string, kind: ResultMailKind, language: string): string =>
  `${prefix}-${kind}-${language}`

/** Tags by which SES events are matched to mails: values of `[A-Za-z0-9_-]`, never an ID number or an address. */
export const mailTags = {
  /** The event that caused the mail, or `registration-confirmation`. */
  kind: 'kind',
  /** Of result mails: the release, or the correction of it. */
  release: 'release',
  /** Of result mails: which of the release's mails. */
  delivery: 'delivery',
  /** Of account mails: the id of the event that caused it. */
  event: 'event',
  /** Fingerprint of the address that the mail was sent to: `addressFingerprint`. */
  address: 'address',
} as const

export const mailKinds = {
  resultsReleased: 'results-released',
  registrationConfirmation: 'registration-confirmation',
} as const

/** Headers of every mail, beside what SES sets: no out-of-office answers to it (RFC 3834). */
export const fixedMailHeaders: Readonly<Record<string, string>> = { 'Auto-Submitted': 'auto-generated' }

/** Whom a stage's mail reaches, for the readiness check; `nobody` if it stays on the same machine. */
export const mailReaches = ['everybody', 'a-list', 'nobody'] as const
export type MailReach = (typeof mailReaches)[number]
