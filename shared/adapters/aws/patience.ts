/**
 * How long a client of the SDK waits for AWS: without this, for ever, and one lost packet takes the whole of a function's
 * time. In the ten seconds of most functions there is room for a second try, which the SDK makes by itself. So whatever is
 * called has to bear a repeat; what does not is called by `singleAttemptSesClient`.
 */
export const patience = (answerWithin = 5_000) => ({
  requestHandler: { connectionTimeout: 3_000, requestTimeout: answerWithin, throwOnRequestTimeout: true },
})

/** For functions that work for minutes and nobody waits for: to ask a busy table again only makes it busier. */
export const unhurried = 20_000
