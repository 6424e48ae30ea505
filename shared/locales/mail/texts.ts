/** Everything that stands in mails, in one language. `{name}`, `{exam}` are filled in; every language has the same ones. */
export interface MailTexts {
  readonly greeting: string
  readonly resultsReleased: {
    readonly subject: string
    readonly news: string
    readonly howTo: string
    readonly button: string
    readonly forgotten: string
    readonly why: string
  }
  readonly registrationConfirmation: {
    readonly subject: string
    readonly news: string
    readonly howTo: string
    readonly button: string
    readonly notYou: string
    readonly why: string
  }
}
