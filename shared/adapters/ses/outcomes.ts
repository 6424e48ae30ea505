import type { BulkEmailEntryResult, BulkEmailStatus } from '@aws-sdk/client-sesv2'
import type { MailOutcome, Obstacle } from '../../ports/mailers.ts'

/** What a mail's status in a bulk answer means (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_BulkEmailEntryResult.html). */
const statuses: Readonly<Record<Exclude<BulkEmailStatus, 'SUCCESS'>, 'failed' | 'unknown' | Obstacle>> = {
  // About this mail, for good.
  MESSAGE_REJECTED: 'failed',
  INVALID_PARAMETER: 'failed',
  FAILED: 'failed',
  // About the account or its configuration: later, or once somebody has put it right.
  ACCOUNT_THROTTLED: 'throttled',
  ACCOUNT_DAILY_QUOTA_EXCEEDED: 'daily-quota',
  ACCOUNT_SENDING_PAUSED: 'service',
  ACCOUNT_SUSPENDED: 'service',
  CONFIGURATION_SET_NOT_FOUND: 'service',
  CONFIGURATION_SET_SENDING_PAUSED: 'service',
  INVALID_SENDING_POOL_NAME: 'service',
  MAIL_FROM_DOMAIN_NOT_VERIFIED: 'service',
  TEMPLATE_NOT_FOUND: 'service',
  // SES does not know itself.
  TRANSIENT_FAILURE: 'unknown',
}

/** One mail's outcome in a bulk answer; whatever cannot be understood may have been sent. */
export const outcomeOfEntry = (entry: BulkEmailEntryResult | undefined): MailOutcome => {
  const status = entry?.Status
  if (status === 'SUCCESS') {
    return entry?.MessageId
      ? { outcome: 'accepted', messageId: entry.MessageId }
      : { outcome: 'unknown', reason: 'no-message-id' }
  }
  const reason = status ?? 'no-status'
  const meaning = (status && statuses[status]) ?? 'unknown'
  if (meaning === 'unknown' || meaning === 'failed') return { outcome: meaning, reason }
  return { outcome: 'not-taken', reason, because: meaning }
}

/** Errors of a connection that was never made: nothing can have been sent. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])

/** Refusals of a whole call that say nothing of its mails. */
const obstacles: Readonly<Record<string, Obstacle>> = {
  TooManyRequestsException: 'throttled',
  ThrottlingException: 'throttled',
  LimitExceededException: 'throttled',
  BadRequestException: 'call',
  MessageRejected: 'call',
}

/**
 * What a failed call means for the mails in it. SES refused it (4xx): nothing was sent. No answer, a reset connection, a
 * fault of SES (5xx): perhaps.
 */
export const outcomeOfFailure = (error: unknown): Extract<MailOutcome, { outcome: 'not-taken' | 'unknown' }> => {
  const {
    name = 'Error',
    code,
    $metadata,
  } = Object(error) as {
    name?: string
    code?: string
    $metadata?: { httpStatusCode?: number }
  }
  if (neverConnected.has(code ?? '')) return { outcome: 'not-taken', reason: code ?? name, because: 'throttled' }
  const status = $metadata?.httpStatusCode ?? 0
  const isRefused = status >= 400 && status < 500 && status !== 408
  if (!isRefused) return { outcome: 'unknown', reason: code ?? name }
  return { outcome: 'not-taken', reason: name, because: obstacles[name] ?? 'service' }
}
