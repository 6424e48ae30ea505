import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { mapInGroups } from '../../domain/groups.ts'
import { sessionShardOf } from '../../domain/identifiers.ts'
import type { ResultVersion } from '../../domain/result.ts'
import type { ResultHistory } from '../../ports/result-history.ts'
import { batchGet } from './batch-get.ts'
import { conditional } from './conditional.ts'

type Newest = Pick<ResultVersion, 'version' | 'session' | 'digest'>

/** Queries in flight at once. */
const queriesAtOnce = 25

/** Versions of results; each is put once, on the condition that it is not there. */
export const dynamoResultHistory = (client: DynamoDBDocumentClient, TableName: string): ResultHistory => {
  const newestOf = async (idNumber: string) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'idNumber = :id',
        ExpressionAttributeValues: { ':id': idNumber },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
      }),
    )
    return [idNumber, Items[0] as Newest] as const
  }

  return {
    async newest(idNumbers) {
      // Most files bring first versions: one call says for a hundred candidates that there is none yet.
      const { [TableName]: firsts = [] } = await batchGet(client, {
        [TableName]: { keys: idNumbers.map((idNumber) => ({ idNumber, version: 1 })), attributes: ['idNumber'] },
      })
      const known = firsts.map(({ idNumber }) => idNumber as string)
      return new Map(await mapInGroups(known, queriesAtOnce, newestOf))
    },
    async add(version) {
      const put = await conditional(() =>
        client.send(
          new PutCommand({
            TableName,
            Item: { ...version, sessionShard: sessionShardOf(version.session, version.idNumber) },
            ConditionExpression: 'attribute_not_exists(idNumber)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      )
      return put.outcome === 'written' ? { outcome: 'added' } : { outcome: 'present', digest: put.old?.digest?.S ?? '' }
    },
  }
}
