/** The mails that a release brings, as far as a release is bound to them. */
export interface MailTemplates {
  /** Hash over all of them. */
  readonly digest: string
  /** What is wrong with them, in words for an operator; none if they can be sent. */
  readonly faults: readonly string[]
}
