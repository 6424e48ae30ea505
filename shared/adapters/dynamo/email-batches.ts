import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { EmailBatch } from '../../domain/email-batch.ts'
import type { EmailBatches } from '../../ports/email-batches.ts'
import { conditional } from './conditional.ts'

/** Batches in the deliveries table; every write is on the condition of the revision that was read. */
export const dynamoEmailBatches = (client: DynamoDBDocumentClient, TableName: string): EmailBatches => ({
  async find(scope, item) {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { scope, item }, ConsistentRead: true }))
    return Item as EmailBatch | undefined
  },
  async write(batch) {
    const put = await conditional(() =>
      client.send(
        new PutCommand({
          TableName,
          Item: batch,
          ConditionExpression: 'revision = :seen',
          ExpressionAttributeValues: { ':seen': batch.revision - 1 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    )
    if (put.outcome === 'written') return 'written'
    // The SDK asks again where an answer was lost; then the row is as this write left it.
    const isOwn = put.old?.revision?.N === String(batch.revision) && put.old.attempt?.S === batch.attempt
    return isOwn ? 'written' : 'lost'
  },
})
