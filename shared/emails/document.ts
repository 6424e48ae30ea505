import type { Language } from '../domain/language.ts'

/** A piece of a mail. Its texts stand here as they are read, not escaped. */
export type MailBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** What the reader may do; its address can be read as well, for who would rather type it. */
  | { readonly kind: 'button'; readonly label: string; readonly url: string }
  /** Why the reader gets this mail; the last of a mail. */
  | { readonly kind: 'small-print'; readonly text: string }

/** A mail as its author sees it; both its forms are made from this one. */
export interface MailDocument {
  readonly language: Language
  readonly subject: string
  readonly blocks: readonly MailBlock[]
}

/** Subject and both forms of a body, as SES takes them. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}
