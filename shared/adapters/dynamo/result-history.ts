import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { mapInChunks } from '../../domain/chunks.ts'
import { sessionShardOf } from '../../domain/identifiers.ts'
import type { ImportedVersion, ResultHistory } from '../../ports/result-history.ts'
import { batchGet } from './batch-get.ts'
import { insertAll } from './insert-all.ts'

type Newest = Pick<ImportedVersion, 'version' | 'session' | 'digest' | 'fencingToken'>

/** Queries in flight at once. */
const queriesAtOnce = 25

/** Versions of results; each is written once, on the condition that it is not there. */
export const dynamoResultHistory = (client: DynamoDBDocumentClient, TableName: string): ResultHistory => {
  const insert = insertAll(client, TableName)
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
      return new Map(await mapInChunks(known, queriesAtOnce, newestOf))
    },
    async addAll(versions) {
      const items = versions.map((version) => ({
        ...version,
        sessionShard: sessionShardOf(version.session, version.idNumber),
      }))
      const taken = await insert(items)
      if (taken.length === 0) return new Map()
      const { [TableName]: present = [] } = await batchGet(client, {
        [TableName]: {
          keys: taken.map(({ idNumber, version }) => ({ idNumber, version })),
          attributes: ['idNumber', 'digest'],
        },
      })
      return new Map(present.map(({ idNumber, digest }) => [idNumber as string, digest as string]))
    },
  }
}
