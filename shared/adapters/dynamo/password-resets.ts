import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Clock } from '../../ports/clock.ts'
import type { PasswordResets } from '../../ports/password-resets.ts'
import { hashOfToken, ownerOfToken } from './account-tokens.ts'
import { dynamoAccounts } from './accounts.ts'
import { countRequest, hourlyLimitUpdate } from './hourly-limit.ts'
import { putOutboxRow } from './outbox.ts'
import { clearedGuard } from './sign-in-guards.ts'
import { transact } from './transact.ts'

const isNewestLink = 'resetToken.#hash = :tokenHash'
const isNotTooOld = 'resetToken.expiresAt > :now'

/** What asking for a link needs. */
export const dynamoResetRequests = (
  client: DynamoDBDocumentClient,
  tables: { readonly 'sign-in-guards': string; readonly outbox: string },
  clock: Pick<Clock, 'now'>,
): Pick<PasswordResets, 'count' | 'tell'> => ({
  async count(askerId) {
    const counted = hourlyLimitUpdate(tables['sign-in-guards'], askerId, clock.now())
    return countRequest(counted, (update) => client.send(new UpdateCommand(update)))
  },
  async tell(event) {
    await transact(client, [putOutboxRow(tables.outbox, event, clock.now())])
  },
})

/** What using a link needs. */
export const dynamoPasswordResets = (
  client: DynamoDBDocumentClient,
  tables: {
    readonly accounts: string
    readonly tokens: string
    readonly 'sign-in-guards': string
    readonly outbox: string
  },
  clock: Pick<Clock, 'now'>,
): Pick<PasswordResets, 'find' | 'use'> => ({
  async find(token) {
    const hash = hashOfToken(token)
    const idNumber = await ownerOfToken(client, tables.tokens, hash, 'password-reset')
    const account = idNumber === undefined ? undefined : await dynamoAccounts(client, tables.accounts).find(idNumber)
    const link = account?.resetToken
    return link?.hash === hash && link.expiresAt > clock.now() ? account : undefined
  },

  async use({ token, idNumber, passwordHash, sessionEpoch, guardId }, event) {
    const tokenHash = hashOfToken(token)
    const now = clock.now()
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.accounts,
          Key: { idNumber },
          UpdateExpression: 'SET passwordHash = :passwordHash, sessionEpoch = :epoch REMOVE resetToken, pendingEmail',
          ConditionExpression: `${isNewestLink} AND ${isNotTooOld}`,
          ExpressionAttributeNames: { '#hash': 'hash' },
          ExpressionAttributeValues: {
            ':passwordHash': passwordHash,
            ':epoch': sessionEpoch,
            ':tokenHash': tokenHash,
            ':now': now,
          },
        },
      },
      { Delete: { TableName: tables.tokens, Key: { tokenHash } } },
      clearedGuard(tables['sign-in-guards'], guardId, now),
      putOutboxRow(tables.outbox, event, now),
    ])
    return written === 'written' ? 'used' : 'expired'
  },
})
