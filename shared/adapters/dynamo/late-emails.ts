import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { ChoosingAccounts, LateEmails, MailChoices } from '../../ports/late-emails.ts'
import { conditional } from './conditional.ts'
import { toBatchItem } from './email-batch-item.ts'

export const dynamoChoosingAccounts = (client: DynamoDBDocumentClient, TableName: string): ChoosingAccounts => ({
  async find(idNumber) {
    const { Item } = await client.send(
      new GetCommand({
        TableName,
        Key: { idNumber },
        ConsistentRead: true,
        ProjectionExpression: 'idNumber, #session, emailOptIn, #language',
        ExpressionAttributeNames: { '#session': 'session', '#language': 'language' },
      }),
    )
    return Item as MailChoices | undefined
  },
})

const nobodyPlannedIt = 'attribute_not_exists(#scope)'

export const dynamoLateEmails = (client: DynamoDBDocumentClient, TableName: string): LateEmails => ({
  async add(batch) {
    const put = new PutCommand({
      TableName,
      Item: toBatchItem(batch),
      ConditionExpression: nobodyPlannedIt,
      ExpressionAttributeNames: { '#scope': 'scope' },
    })
    await conditional(() => client.send(put))
  },
})
