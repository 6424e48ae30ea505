import {
  type DynamoDBDocumentClient,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { sessionShardKey } from '../../domain/identifiers.ts'
import type {
  SessionAccount,
  SessionAccounts,
  SessionEntries,
  SessionEntry,
  SessionResult,
  SessionResults,
} from '../../ports/session-members.ts'

const inShard = (TableName: string, session: string, shard: number) =>
  ({
    TableName,
    IndexName: 'bySession',
    KeyConditionExpression: 'sessionShard = :shard',
    ExpressionAttributeValues: { ':shard': sessionShardKey(session, shard) },
  }) satisfies QueryCommandInput

async function* items<Item>(client: DynamoDBDocumentClient, input: QueryCommandInput): AsyncGenerator<Item> {
  for await (const { Items = [] } of paginateQuery({ client }, input)) yield* Items as Item[]
}

/** The results of a session through its index, which holds no payload. */
export const dynamoSessionResults = (client: DynamoDBDocumentClient, TableName: string): SessionResults => ({
  async *currentInShard(session, shard) {
    // Versions of one ID lie side by side, in no order among themselves.
    let newest: SessionResult | undefined
    for await (const result of items<SessionResult>(client, inShard(TableName, session, shard))) {
      if (newest && newest.idNumber !== result.idNumber) yield newest
      newest = newest?.idNumber === result.idNumber && newest.version > result.version ? newest : result
    }
    if (newest) yield newest
  },
  async versionsBetween(session, shard, first, last) {
    const input = inShard(TableName, session, shard)
    const versions: SessionResult[] = []
    const between = items<SessionResult>(client, {
      ...input,
      KeyConditionExpression: `${input.KeyConditionExpression} AND idNumber BETWEEN :first AND :last`,
      ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ':first': first, ':last': last },
    })
    for await (const version of between) versions.push(version)
    return versions
  },
  async seal({ idNumber, version, digest }, { releaseId, visibleFrom }) {
    await client.send(
      new UpdateCommand({
        TableName,
        Key: { idNumber, version },
        UpdateExpression: 'SET sealedFor = :releaseId, visibleFrom = :visibleFrom',
        ConditionExpression: 'digest = :digest',
        ExpressionAttributeValues: { ':releaseId': releaseId, ':visibleFrom': visibleFrom, ':digest': digest },
      }),
    )
  },
})

/** The entries of a session through its index, which holds no Secret number: a large session is some pages of it. */
export const dynamoSessionEntries = (client: DynamoDBDocumentClient, TableName: string): SessionEntries => ({
  inShard: (session, shard) => items<SessionEntry>(client, inShard(TableName, session, shard)),
})

/** The accounts of a session through its index, which holds neither address nor password. */
export const dynamoSessionAccounts = (client: DynamoDBDocumentClient, TableName: string): SessionAccounts => ({
  inShard: (session, shard) => items<SessionAccount>(client, inShard(TableName, session, shard)),
  async pageAfter(session, shard, after, limit) {
    const input = inShard(TableName, session, shard)
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        ...input,
        Limit: limit,
        ...(after !== '' && {
          KeyConditionExpression: `${input.KeyConditionExpression} AND idNumber > :after`,
          ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ':after': after },
        }),
      }),
    )
    return { accounts: Items as SessionAccount[], isLast: LastEvaluatedKey === undefined }
  },
})
