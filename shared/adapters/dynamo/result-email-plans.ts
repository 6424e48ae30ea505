import { type DynamoDBDocumentClient, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb'
import { chunkPrefix } from '../../domain/email-batch.ts'
import type { PlanProgress, ResultEmailPlans } from '../../ports/result-email-plans.ts'
import { transact } from './transact.ts'

const progressItem = 'progress'
const nothingPlannedYet = 'attribute_not_exists(#scope)'
const progressIsAsSeen = '#chunks = :chunksSeen AND #cursor = :cursorSeen'

/** Plans in the deliveries table: one row for the progress of a shard, one for each batch. */
export const dynamoResultEmailPlans = (client: DynamoDBDocumentClient, TableName: string): ResultEmailPlans => ({
  async progress(scope) {
    const { Item } = await client.send(
      new GetCommand({ TableName, Key: { scope, item: progressItem }, ConsistentRead: true }),
    )
    return Item as PlanProgress | undefined
  },
  async record(scope, { from, to, batches }) {
    const written = await transact(client, [
      {
        Put: {
          TableName,
          Item: { scope, item: progressItem, ...to },
          ...(from
            ? {
                ConditionExpression: progressIsAsSeen,
                ExpressionAttributeNames: { '#chunks': 'chunks', '#cursor': 'cursor' },
                ExpressionAttributeValues: { ':chunksSeen': from.chunks, ':cursorSeen': from.cursor },
              }
            : { ConditionExpression: nothingPlannedYet, ExpressionAttributeNames: { '#scope': 'scope' } }),
        },
      },
      ...batches.map((batch) => ({
        Put: {
          TableName,
          Item: batch,
          ConditionExpression: nothingPlannedYet,
          ExpressionAttributeNames: { '#scope': 'scope' },
        },
      })),
    ])
    return written === 'written' ? 'recorded' : 'moved'
  },
  async itemsOfChunk(scope, chunk) {
    const items: string[] = []
    const pages = paginateQuery(
      { client },
      {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: '#scope = :scope AND begins_with(#item, :prefix)',
        ProjectionExpression: '#item',
        ExpressionAttributeNames: { '#scope': 'scope', '#item': 'item' },
        ExpressionAttributeValues: { ':scope': scope, ':prefix': chunkPrefix(chunk) },
      },
    )
    for await (const { Items = [] } of pages) items.push(...Items.map(({ item }) => item as string))
    return items
  },
})
