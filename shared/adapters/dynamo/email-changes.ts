import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { emailLinkLives } from '../../domain/account-token.ts'
import { later } from '../../domain/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { EmailChanges } from '../../ports/email-changes.ts'
import { hashOfToken, ownerOfToken } from './account-tokens.ts'
import { dynamoAccounts } from './accounts.ts'
import { hourlyLimitUpdate } from './hourly-limit.ts'
import { putOutboxRow } from './outbox.ts'
import { transact } from './transact.ts'

const sessionsAreStillGood = 'sessionEpoch = :epochSeen'
const addressIsStillPending = 'pendingEmail.tokenHash = :tokenHash AND pendingEmail.expiresAt > :now'

/** What asking for another address needs. */
export const dynamoEmailChangeRequests = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly 'sign-in-guards': string; readonly outbox: string },
  clock: Pick<Clock, 'now'>,
): Pick<EmailChanges, 'request'> => ({
  async request({ account: { idNumber, sessionEpoch }, address, askerId }, event) {
    const now = clock.now()
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.accounts,
          Key: { idNumber },
          UpdateExpression: 'SET pendingEmail = :pending',
          ConditionExpression: sessionsAreStillGood,
          ExpressionAttributeValues: {
            ':pending': {
              ...{ address, eventId: event.eventId },
              ...{ requestedAt: now, expiresAt: later(now, emailLinkLives) },
            },
            ':epochSeen': sessionEpoch,
          },
        },
      },
      { Update: hourlyLimitUpdate(tables['sign-in-guards'], askerId, now) },
      putOutboxRow(tables.outbox, event, now),
    ])
    return written === 'written' ? 'requested' : 'not-now'
  },
})

/** What confirming it needs. */
export const dynamoEmailConfirmations = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly tokens: string; readonly outbox: string },
  clock: Pick<Clock, 'now'>,
): Pick<EmailChanges, 'confirm'> => ({
  async confirm(token, eventOf) {
    const tokenHash = hashOfToken(token)
    const idNumber = await ownerOfToken(client, tables.tokens, tokenHash, 'email-confirmation')
    const account = idNumber === undefined ? undefined : await dynamoAccounts(client, tables.accounts).find(idNumber)
    if (account?.pendingEmail?.tokenHash !== tokenHash) return 'expired'
    const event = eventOf(account.idNumber)
    const now = clock.now()
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.accounts,
          Key: { idNumber: account.idNumber },
          UpdateExpression:
            'SET email = pendingEmail.address, emailBounced = :no, formerEmail = :former REMOVE pendingEmail, resetToken, emailComplained',
          ConditionExpression: addressIsStillPending,
          ExpressionAttributeValues: {
            ':no': false,
            ':former': { address: account.email, eventId: event.eventId },
            ':tokenHash': tokenHash,
            ':now': now,
          },
        },
      },
      { Delete: { TableName: tables.tokens, Key: { tokenHash } } },
      putOutboxRow(tables.outbox, event, now),
    ])
    return written === 'written' ? 'confirmed' : 'expired'
  },
})
