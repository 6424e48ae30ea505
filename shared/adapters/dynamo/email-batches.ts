import {
  type DynamoDBDocumentClient,
  paginateQuery,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb'
import type { EmailBatch } from '../../domain/email-batch.ts'
import type { EmailBatches } from '../../ports/email-batches.ts'
import { conditional } from './conditional.ts'
import { fromBatchItem, statesOf } from './email-batch-item.ts'
import { retryOnConflict, transact } from './transact.ts'

const asItWasRead = 'revision = :seen'

/** Batches in the deliveries table; every write is on the condition of the revision that was read. */
export const dynamoEmailBatches = (client: DynamoDBDocumentClient, TableName: string): EmailBatches => ({
  async inWave(scope, wave) {
    const batches: EmailBatch[] = []
    for await (const { Items = [] } of paginateQuery({ client }, inWave(TableName, scope, wave)))
      batches.push(...Items.map(fromBatchItem))
    return batches
  },
  async write(batches) {
    const [first, ...more] = batches
    if (!first) return 'written'
    // One that is settled and one that is claimed, together: a call less, and no moment between.
    if (more.length > 0) {
      const written = await transact(
        client,
        batches.map((batch) => ({ Update: updateOf(TableName, batch) })),
      )
      return written === 'written' ? 'written' : 'lost'
    }
    const update = new UpdateCommand({
      ...updateOf(TableName, first),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    const put = await conditional(() => retryOnConflict(() => client.send(update)))
    if (put.outcome === 'written') return 'written'
    // The SDK asks again where an answer was lost; then the row is as this write left it.
    const isOwn = put.old?.revision?.N === String(first.revision) && put.old.attempt?.S === first.attempt
    return isOwn ? 'written' : 'lost'
  },
})

export const inWave = (TableName: string, scope: string, wave: string) => ({
  TableName,
  ConsistentRead: true,
  KeyConditionExpression: '#scope = :scope AND begins_with(#item, :wave)',
  ExpressionAttributeNames: { '#scope': 'scope', '#item': 'item' },
  ExpressionAttributeValues: { ':scope': scope, ':wave': wave },
})

/** Leaves alone whose mails they are and what was told of them: those are others' to write. */
const updateOf = (TableName: string, batch: EmailBatch) => {
  const { scope, item, revision, attempt, claimedAt } = batch
  const { states, reasons } = statesOf(batch)
  return {
    TableName,
    Key: { scope, item },
    UpdateExpression:
      'SET revision = :revision, states = :states, reasons = :reasons, attempt = :attempt, claimedAt = :at',
    ConditionExpression: asItWasRead,
    ExpressionAttributeValues: {
      ':seen': revision - 1,
      ':revision': revision,
      ':states': states,
      ':reasons': reasons,
      ':attempt': attempt ?? '',
      ':at': claimedAt ?? 0,
    },
  } satisfies UpdateCommandInput
}
