import { createHash, randomBytes } from 'node:crypto'
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { ttlAttribute } from '../../contracts/tables.ts'
import { expiryOf, type Session } from '../../domain/session.ts'
import { epochMilliseconds, toEpochSeconds } from '../../domain/time.ts'
import type { Sessions } from '../../ports/sessions.ts'
import { retryOnConflict } from './transact.ts'

/** What is kept of a session's token: its SHA-256 in base64url. */
export const tokenHashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

const notEndedMeanwhile = 'attribute_exists(tokenHash)'

/** Sessions under the SHA-256 of their token. */
export const dynamoSessions = (client: DynamoDBDocumentClient, tableName: string): Sessions => {
  const key = (token: string) => ({ TableName: tableName, Key: { tokenHash: tokenHashOf(token) } })
  return {
    async begin(session) {
      const token = randomBytes(32).toString('base64url')
      const expiry = { [ttlAttribute]: toEpochSeconds(expiryOf(session)) }
      await client.send(
        new PutCommand({ TableName: tableName, Item: { tokenHash: tokenHashOf(token), ...session, ...expiry } }),
      )
      return token
    },
    async find(token) {
      const { Item } = await client.send(new GetCommand({ ...key(token), ConsistentRead: true }))
      return Item && sessionOf(Item)
    },
    async extend(token, session) {
      const { idleUntil } = session
      try {
        const extension = new UpdateCommand({
          ...key(token),
          UpdateExpression: `SET idleUntil = :idleUntil, ${ttlAttribute} = :expiry`,
          ConditionExpression: notEndedMeanwhile,
          ExpressionAttributeValues: { ':idleUntil': idleUntil, ':expiry': toEpochSeconds(expiryOf(session)) },
        })
        await retryOnConflict(() => client.send(extension))
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
      }
    },
    async end(token) {
      await retryOnConflict(() => client.send(new DeleteCommand(key(token))))
    },
  }
}

const sessionOf = (item: Record<string, unknown>): Session => ({
  idNumber: String(item.idNumber),
  epoch: String(item.epoch),
  idleUntil: epochMilliseconds(Number(item.idleUntil)),
  absoluteUntil: epochMilliseconds(Number(item.absoluteUntil)),
})
