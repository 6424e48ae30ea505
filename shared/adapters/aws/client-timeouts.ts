/**
 * Timeouts of an SDK client, which has none by default: one lost packet would then use up a function's whole run time.
 * With these, the 10 s of most functions leave room for the SDK's own retry. So every call must be idempotent; calls that
 * are not use `singleAttemptSesClient`.
 */
export const clientTimeouts = (requestTimeout = 5_000) => ({
  requestHandler: { connectionTimeout: 3_000, requestTimeout, throwOnRequestTimeout: true },
})

/** Request timeout in milliseconds for functions that run for minutes in the background: retries would only add load to a busy table. */
export const backgroundTimeout = 20_000
