import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { SessionFacts } from '../../domain/entry-row.ts'
import { sessionShardKey, shards } from '../../domain/identifiers.ts'
import type { EntriesFacts, EntryFacts } from '../../ports/imported-entries.ts'
import { batchGet } from './batch-get.ts'

const attributes = ['idNumber', 'session', 'exam', 'dateTaken', 'mode'] as const

/** Which exams candidates sit; names and Secret numbers stay in the table. */
export const dynamoEntriesFacts = (client: DynamoDBDocumentClient, TableName: string): EntriesFacts => ({
  async factsFor(idNumbers) {
    const { [TableName]: items = [] } = await batchGet(client, {
      [TableName]: { keys: idNumbers.map((idNumber) => ({ idNumber })), attributes },
    })
    return new Map(items.map((item) => [item.idNumber as string, item as unknown as EntryFacts]))
  },
  async factsOf(session) {
    const anyOf = async (shard: number) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'bySession',
          KeyConditionExpression: 'sessionShard = :shard',
          ExpressionAttributeValues: { ':shard': sessionShardKey(session, shard) },
          Limit: 1,
        }),
      )
      return Items[0]?.idNumber as string | undefined
    }
    const idNumber = (await Promise.all(shards.map(anyOf))).find((found) => found !== undefined)
    if (idNumber === undefined) return undefined
    const { Item } = await client.send(new GetCommand({ TableName, Key: { idNumber }, ConsistentRead: true }))
    return Item as SessionFacts | undefined
  },
})
