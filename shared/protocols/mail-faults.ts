/** The mail service would not take mails just now; the queue brings the message again. */
export class MailNotTaken extends Error {
  override readonly name = 'MailNotTaken'
  readonly reason: string
  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** Somebody else is sending these mails at this moment, or was killed while doing so; the queue brings the message again. */
export class MailInFlight extends Error {
  override readonly name = 'MailInFlight'
}
