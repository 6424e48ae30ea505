/** The mail service does not accept mails now; the queue redelivers the message. */
export class MailNotTaken extends Error {
  override readonly name = 'MailNotTaken'
  readonly reason: string
  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** Another sender is sending these mails, or was killed while doing so; the queue redelivers the message. */
export class MailInFlight extends Error {
  override readonly name = 'MailInFlight'
}

/** Pauses (milliseconds, about three seconds in all) between attempts before one of these is thrown and the queue waits. */
export const pausesBeforeRedelivery = [50, 100, 200, 400, 800, 1_600]
