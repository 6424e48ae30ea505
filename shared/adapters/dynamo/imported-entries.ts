import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { sessionShardOf } from '../../domain/identifiers.ts'
import type { ImportedEntries, StoredEntry } from '../../ports/imported-entries.ts'
import { batchGet } from './batch-get.ts'
import { conditional } from './conditional.ts'
import { dynamoEntriesFacts } from './entries-facts.ts'
import { insertAll } from './insert-all.ts'
import { retryOnConflict } from './transact.ts'

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
  'fencingToken',
] as const satisfies readonly (keyof StoredEntry)[]

const sameSession = '#session = :session'
const sameSecretNumber = 'secretHash = :hash'
/** Or corrected under this lease already, by a request whose response was lost: a file has an ID once. */
const untouched = 'fencingToken IN (:tokenBefore, :token)'

/** Entries with their Secret numbers as hash and ciphertext, each written on its own condition. */
export const dynamoImportedEntries = (client: DynamoDBDocumentClient, TableName: string): ImportedEntries => {
  const insert = insertAll(client, TableName)
  return {
    factsOf: dynamoEntriesFacts(client, TableName).factsOf,
    async find(idNumbers) {
      const { [TableName]: items = [] } = await batchGet(client, {
        [TableName]: { keys: idNumbers.map((idNumber) => ({ idNumber })), attributes },
      })
      return new Map(items.map((item) => [item.idNumber as string, item as unknown as StoredEntry]))
    },
    async addAll(entries) {
      const taken = await insert(
        entries.map(({ secretNumber, ...entry }) => ({
          ...entry,
          sessionShard: sessionShardOf(entry.session, entry.idNumber),
          secretNumberKey: secretNumber.key,
          secretNumberCiphertext: secretNumber.ciphertext,
        })),
      )
      return new Set(taken.map(({ idNumber }) => idNumber))
    },
    async correct(found, { givenName, familyName, centreNumber, fencingToken }) {
      const correction = new UpdateCommand({
        TableName,
        Key: { idNumber: found.idNumber },
        UpdateExpression: 'SET givenName = :given, familyName = :family, centreNumber = :centre, fencingToken = :token',
        ConditionExpression: [sameSession, sameSecretNumber, untouched].join(' AND '),
        ExpressionAttributeNames: { '#session': 'session' },
        ExpressionAttributeValues: {
          ':session': found.session,
          ':hash': found.secretHash,
          ':tokenBefore': found.fencingToken,
          ':token': fencingToken,
          ':given': givenName,
          ':family': familyName,
          ':centre': centreNumber,
        },
      })
      // Somebody may be registering with this entry.
      const { outcome } = await conditional(() => retryOnConflict(() => client.send(correction)))
      return outcome === 'written' ? 'corrected' : 'changed'
    },
  }
}
