import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Account } from '../../domain/account.ts'
import type { ChangeableAccounts } from '../../ports/account-choices.ts'
import { retryOnConflict } from './transact.ts'

/** The ID may have been freed and registered anew since its session was looked at. */
const sameRegistration = 'registeredAt = :registeredAt'

export const dynamoChangeableAccounts = (client: DynamoDBDocumentClient, tableName: string): ChangeableAccounts => ({
  async change({ idNumber, registeredAt }, choices) {
    const given = Object.entries(choices)
    const update = new UpdateCommand({
      TableName: tableName,
      Key: { idNumber },
      UpdateExpression: `SET ${given.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: sameRegistration,
      // `language` is a reserved word.
      ExpressionAttributeNames: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
        ':registeredAt': registeredAt,
      },
      ReturnValues: 'ALL_NEW',
    })
    try {
      const { Attributes } = await retryOnConflict(() => client.send(update))
      return Attributes as Account
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined
      throw error
    }
  },
})
