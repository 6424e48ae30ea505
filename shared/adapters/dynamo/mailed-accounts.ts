import { randomBytes } from 'node:crypto'
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { emailLinkLives, resetLinkLives } from '../../domain/account-token.ts'
import { later } from '../../domain/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MailedAccounts } from '../../ports/mailed-accounts.ts'
import { hashOfToken, putToken } from './account-tokens.ts'
import { conditional } from './conditional.ts'
import { retryOnConflict, transact } from './transact.ts'

const mailStillGoesThere = 'email = :address'
const noLinkWasMadeYet = 'attribute_not_exists(newestReset)'
const noneWasMadeSince = 'newestReset.tokenHash = :newestSeen'
const itsAddressIsPending = 'pendingEmail.eventId = :eventId AND pendingEmail.expiresAt > :now'
const itIsTheOneTold = 'formerEmail.eventId = :eventId'

/** 256 random bits. */
const newToken = () => randomBytes(32).toString('base64url')

/** Tokens are made here and kept as hashes. */
export const dynamoMailedAccounts = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly tokens: string },
  clock: Pick<Clock, 'now'>,
): MailedAccounts => ({
  async issueResetToken({ idNumber, request, address, after }) {
    const token = newToken()
    const tokenHash = hashOfToken(token)
    const expiresAt = later(clock.now(), resetLinkLives)
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.accounts,
          Key: { idNumber },
          UpdateExpression: 'SET resetToken = :resetToken, newestReset = :newest',
          ConditionExpression: `${mailStillGoesThere} AND ${after ? noneWasMadeSince : noLinkWasMadeYet}`,
          ExpressionAttributeValues: {
            ':resetToken': { hash: tokenHash, expiresAt },
            ':newest': { ...request, tokenHash },
            ':address': address,
            ...(after && { ':newestSeen': after.tokenHash }),
          },
        },
      },
      putToken(tables.tokens, { tokenHash, kind: 'password-reset', idNumber }, expiresAt),
    ])
    return written === 'written' ? token : undefined
  },

  async issueEmailToken(idNumber, eventId) {
    const token = newToken()
    const tokenHash = hashOfToken(token)
    const now = clock.now()
    const written = await transact(client, [
      {
        Update: {
          TableName: tables.accounts,
          Key: { idNumber },
          UpdateExpression: 'SET pendingEmail.tokenHash = :tokenHash',
          ConditionExpression: itsAddressIsPending,
          ExpressionAttributeValues: { ':tokenHash': tokenHash, ':eventId': eventId, ':now': now },
        },
      },
      // The account says when the link is too old; this row only has to be there until then.
      putToken(tables.tokens, { tokenHash, kind: 'email-confirmation', idNumber }, later(now, emailLinkLives)),
    ])
    return written === 'written' ? token : undefined
  },

  async forgetFormerEmail(idNumber, eventId) {
    const forgetting = new UpdateCommand({
      TableName: tables.accounts,
      Key: { idNumber },
      UpdateExpression: 'REMOVE formerEmail',
      ConditionExpression: itIsTheOneTold,
      ExpressionAttributeValues: { ':eventId': eventId },
    })
    await conditional(() => retryOnConflict(() => client.send(forgetting)))
  },
})
