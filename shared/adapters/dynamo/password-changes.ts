import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Clock } from '../../ports/clock.ts'
import type { PasswordChanges } from '../../ports/password-changes.ts'
import { putOutboxRow } from './outbox.ts'
import { tokenHashOf } from './sessions.ts'
import { transact } from './transact.ts'

const passwordIsStillTheOneTried = 'passwordHash = :passwordTried AND sessionEpoch = :epochSeen'
const sessionIsStillThere = 'epoch = :epochSeen AND idNumber = :idNumber'

export const dynamoPasswordChanges = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly sessions: string; readonly outbox: string },
  clock: Pick<Clock, 'now'>,
): PasswordChanges => ({
  async make({ account, passwordHash, sessionEpoch, sessionToken }, event) {
    const { idNumber } = account
    const outcome = await transact(client, [
      {
        Update: {
          TableName: tables.accounts,
          Key: { idNumber },
          UpdateExpression: 'SET passwordHash = :passwordHash, sessionEpoch = :epoch REMOVE resetToken, pendingEmail',
          ConditionExpression: passwordIsStillTheOneTried,
          ExpressionAttributeValues: {
            ':passwordHash': passwordHash,
            ':epoch': sessionEpoch,
            ':passwordTried': account.passwordHash,
            ':epochSeen': account.sessionEpoch,
          },
        },
      },
      {
        Update: {
          TableName: tables.sessions,
          Key: { tokenHash: tokenHashOf(sessionToken) },
          UpdateExpression: 'SET epoch = :epoch',
          ConditionExpression: sessionIsStillThere,
          ExpressionAttributeValues: {
            ':epoch': sessionEpoch,
            ':epochSeen': account.sessionEpoch,
            ':idNumber': idNumber,
          },
        },
      },
      putOutboxRow(tables.outbox, event, clock.now()),
    ])
    return outcome === 'written' ? 'made' : 'conflict'
  },
})
