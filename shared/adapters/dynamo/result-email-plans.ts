import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { EmailPlan, MailDeferrals, PlanProgress, ResultEmailPlans } from '../../ports/result-email-plans.ts'
import { conditional } from './conditional.ts'
import { toBatchItem } from './email-batch-item.ts'
import { transact } from './transact.ts'

export const planItem = 'plan'
export const progressItem = 'progress'
const nothingPlannedYet = 'attribute_not_exists(#scope)'
const itIsPlanned = 'attribute_exists(lanes)'
const progressIsAsSeen = 'shardIndex = :shardSeen AND #cursor = :cursorSeen AND isDone = :no'

/** Plans in the deliveries table: one row for the release, one for the progress of a lane, one for each batch. */
export const dynamoResultEmailPlans = (client: DynamoDBDocumentClient, TableName: string): ResultEmailPlans => ({
  async begin(plan) {
    const key = { scope: plan.releaseId, item: planItem }
    const begun = await conditional(() =>
      client.send(
        new PutCommand({
          TableName,
          Item: { ...key, ...plan },
          ConditionExpression: nothingPlannedYet,
          ExpressionAttributeNames: { '#scope': 'scope' },
        }),
      ),
    )
    if (begun.outcome === 'written') return plan
    const { Item } = await client.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }))
    return Item as EmailPlan
  },
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
                ExpressionAttributeNames: { '#cursor': 'cursor' },
                ExpressionAttributeValues: { ':shardSeen': from.shardIndex, ':cursorSeen': from.cursor, ':no': false },
              }
            : { ConditionExpression: nothingPlannedYet, ExpressionAttributeNames: { '#scope': 'scope' } }),
        },
      },
      ...batches.map((batch) => ({
        Put: {
          TableName,
          Item: toBatchItem(batch),
          ConditionExpression: nothingPlannedYet,
          ExpressionAttributeNames: { '#scope': 'scope' },
        },
      })),
    ])
    return written === 'written' ? 'recorded' : 'moved'
  },
})

/** In the plan's own row, which who asks reads anyway. */
export const dynamoMailDeferrals = (client: DynamoDBDocumentClient, TableName: string): MailDeferrals => ({
  async note(releaseId, wait) {
    await conditional(() =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: { scope: releaseId, item: planItem },
          UpdateExpression: 'SET #wait = :wait',
          ConditionExpression: itIsPlanned,
          ExpressionAttributeNames: { '#wait': 'wait' },
          ExpressionAttributeValues: { ':wait': wait },
        }),
      ),
    )
  },
})
