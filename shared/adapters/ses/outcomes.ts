import type { BulkEmailEntryResult, BulkEmailStatus } from '@aws-sdk/client-sesv2'
import type { MailOutcome } from '../../ports/mailers.ts'

/** What a mail's status in a bulk answer means (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_BulkEmailEntryResult.html). */
const statuses: Readonly<Record<Exclude<BulkEmailStatus, 'SUCCESS'>, Exclude<MailOutcome['outcome'], 'accepted'>>> = {
  // About this mail, for good.
  MESSAGE_REJECTED: 'failed',
  INVALID_PARAMETER: 'failed',
  FAILED: 'failed',
  // About the account or its configuration: later, or once somebody has put it right.
  ACCOUNT_THROTTLED: 'not-taken',
  ACCOUNT_DAILY_QUOTA_EXCEEDED: 'not-taken',
  ACCOUNT_SENDING_PAUSED: 'not-taken',
  ACCOUNT_SUSPENDED: 'not-taken',
  CONFIGURATION_SET_NOT_FOUND: 'not-taken',
  CONFIGURATION_SET_SENDING_PAUSED: 'not-taken',
  INVALID_SENDING_POOL_NAME: 'not-taken',
  MAIL_FROM_DOMAIN_NOT_VERIFIED: 'not-taken',
  TEMPLATE_NOT_FOUND: 'not-taken',
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
  return { outcome: (status && statuses[status]) ?? 'unknown', reason }
}

/** Errors of a connection that was never made: nothing can have been sent. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])

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
  const status = $metadata?.httpStatusCode ?? 0
  const isRefused = status >= 400 && status < 500 && status !== 408
  return { outcome: isRefused || neverConnected.has(code ?? '') ? 'not-taken' : 'unknown', reason: code ?? name }
}
