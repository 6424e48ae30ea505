import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { SessionFacts } from '../../domain/entry-row.ts'
import { sessionShardKey, sessionShardOf, shards } from '../../domain/identifiers.ts'
import type { ImportedEntries, StoredEntry } from '../../ports/imported-entries.ts'
import { batchGet } from './batch-get.ts'
import { conditional } from './conditional.ts'

const attributes = [
  'idNumber',
  'exam',
  'dateTaken',
  'mode',
  'centreNumber',
  'session',
  'givenName',
  'familyName',
  'secretHash',
] as const satisfies readonly (keyof StoredEntry)[]

const nobodyHasIt = 'attribute_not_exists(idNumber)'
const sameSession = '#session = :session'
const sameSecretNumber = 'secretHash = :hash'

/** Entries with their Secret numbers as hash and ciphertext, written row by row, each on its own condition. */
export const dynamoImportedEntries = (client: DynamoDBDocumentClient, TableName: string): ImportedEntries => ({
  async find(idNumbers) {
    const { [TableName]: items = [] } = await batchGet(client, {
      [TableName]: { keys: idNumbers.map((idNumber) => ({ idNumber })), attributes },
    })
    return new Map(items.map((item) => [item.idNumber as string, item as unknown as StoredEntry]))
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
  async add({ secretNumber, ...entry }) {
    const { outcome } = await conditional(() =>
      client.send(
        new PutCommand({
          TableName,
          Item: {
            ...entry,
            sessionShard: sessionShardOf(entry.session, entry.idNumber),
            secretNumberKey: secretNumber.key,
            secretNumberCiphertext: secretNumber.ciphertext,
          },
          ConditionExpression: nobodyHasIt,
        }),
      ),
    )
    return outcome === 'written' ? 'added' : 'present'
  },
  async correct({ idNumber, session, secretHash, givenName, familyName, centreNumber }) {
    const { outcome } = await conditional(() =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: { idNumber },
          UpdateExpression: 'SET givenName = :given, familyName = :family, centreNumber = :centre',
          ConditionExpression: `${sameSession} AND ${sameSecretNumber}`,
          ExpressionAttributeNames: { '#session': 'session' },
          ExpressionAttributeValues: {
            ':session': session,
            ':hash': secretHash,
            ':given': givenName,
            ':family': familyName,
            ':centre': centreNumber,
          },
        }),
      ),
    )
    return outcome === 'written' ? 'corrected' : 'changed'
  },
})
