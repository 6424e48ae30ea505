import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { batchPrefix, claimTimeout, type EmailBatch, emailScope, lanesOfShard } from '../../domain/email-batch.ts'
import { shardOf } from '../../domain/identifiers.ts'
import { type EpochMilliseconds, later } from '../../domain/time.ts'
import { conditional } from './conditional.ts'
import { fromBatchItem } from './email-batch-item.ts'
import { inWave } from './email-batches.ts'
import { retryOnConflict } from './transact.ts'

const asItWasRead = 'revision = :seen'

interface Renaming {
  readonly idNumber: string
  readonly pseudonym: string
  readonly now: EpochMilliseconds
}

/**
 * Puts a pseudonym in the place of a candidate in the mails of these releases; what became of each mail stays as it is.
 * `in-flight` while mails of the same batch are being sent: whoever deletes begins again later.
 */
export const pseudonymiseDeliveries = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  releaseIds: Iterable<string>,
  renaming: Renaming,
): Promise<'renamed' | 'in-flight'> => {
  const lanes = lanesOfShard(shardOf(renaming.idNumber))
  const scopes = [...releaseIds].flatMap((releaseId) => lanes.map((lane) => emailScope(releaseId, lane)))
  for (const scope of scopes) {
    for await (const { Items = [] } of paginateQuery({ client }, inWave(TableName, scope, batchPrefix))) {
      for (const item of Items) {
        if ((await renameInBatch(client, TableName, fromBatchItem(item), renaming)) === 'in-flight') return 'in-flight'
      }
    }
  }
  return 'renamed'
}

/** The next revision, so that a sender who read the batch before does not write the candidate back into it. */
const renameInBatch = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  batch: EmailBatch,
  { idNumber, pseudonym, now }: Renaming,
): Promise<'renamed' | 'in-flight'> => {
  const position = batch.deliveries.findIndex((delivery) => delivery.idNumber === idNumber)
  if (position < 0) return 'renamed'
  const isClaimed = batch.deliveries.some(({ state }) => state === 'claimed')
  if (isClaimed && now < later(batch.claimedAt ?? now, claimTimeout)) return 'in-flight'
  const renaming = new UpdateCommand({
    TableName,
    Key: { scope: batch.scope, item: batch.item },
    UpdateExpression: `SET ids[${position}] = :pseudonym, revision = :next`,
    ConditionExpression: asItWasRead,
    ExpressionAttributeValues: { ':pseudonym': pseudonym, ':next': batch.revision + 1, ':seen': batch.revision },
  })
  const { outcome } = await conditional(() => retryOnConflict(() => client.send(renaming)))
  return outcome === 'written' ? 'renamed' : 'in-flight'
}
