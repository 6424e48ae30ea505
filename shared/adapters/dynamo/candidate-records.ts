import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb'
import type { CandidateRecords } from '../../ports/candidate-records.ts'
import { putAuditEntry } from './audit.ts'
import { pseudonymiseDeliveries } from './candidate-deliveries.ts'
import { retryOnConflict, transact } from './transact.ts'

const itIsThere = 'attribute_exists(idNumber)'

type Table = 'entries' | 'accounts' | 'results' | 'tokens' | 'releases' | 'deliveries' | 'audit'

export const dynamoCandidateRecords = (
  client: DynamoDBDocumentClient,
  tables: Readonly<Record<Table, string>>,
): CandidateRecords => ({
  async remove(idNumber, audit) {
    const Key = { idNumber }
    const entry = await read(client, tables.entries, Key)
    const release = entry && (await read(client, tables.releases, { session: entry.session }))
    const versions = await versionsOf(client, tables.results, idNumber)
    // Versions name the releases that they were sealed for; they go after the mails, so that a second try finds them.
    const releaseIds = new Set([release?.releaseId, ...versions.map(({ sealedFor }) => sealedFor)].filter(isText))
    const mails = await pseudonymiseDeliveries(client, tables.deliveries, releaseIds, {
      idNumber,
      pseudonym: audit.subject,
      now: audit.at,
    })
    if (mails === 'in-flight') return 'mail-in-flight'
    for (const { version } of versions) {
      const deletion = new DeleteCommand({ TableName: tables.results, Key: { idNumber, version } })
      await retryOnConflict(() => client.send(deletion))
    }
    const account = await read(client, tables.accounts, Key)
    const tokenHashes = new Set([account?.resetToken?.hash, account?.pendingEmail?.tokenHash].filter(isText))
    const written = await transact(client, [
      { Delete: { TableName: tables.entries, Key, ConditionExpression: itIsThere } },
      { Delete: { TableName: tables.accounts, Key } },
      ...[...tokenHashes].map((tokenHash) => ({ Delete: { TableName: tables.tokens, Key: { tokenHash } } })),
      putAuditEntry(tables.audit, audit),
    ])
    return written === 'written' ? 'removed' : 'nothing-held'
  },
  async *takenBefore(date) {
    const pages = paginateScan(
      { client },
      {
        TableName: tables.entries,
        FilterExpression: 'dateTaken < :date',
        ExpressionAttributeValues: { ':date': date },
        ProjectionExpression: 'idNumber',
      },
    )
    for await (const { Items = [] } of pages) for (const { idNumber } of Items) yield String(idNumber)
  },
})

const isText = (value: unknown): value is string => typeof value === 'string'

const read = async (client: DynamoDBDocumentClient, TableName: string, Key: Readonly<Record<string, unknown>>) =>
  (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item

const versionsOf = async (client: DynamoDBDocumentClient, TableName: string, idNumber: string) => {
  const versions: Record<string, unknown>[] = []
  const pages = paginateQuery(
    { client },
    {
      TableName,
      KeyConditionExpression: 'idNumber = :idNumber',
      ExpressionAttributeValues: { ':idNumber': idNumber },
      ProjectionExpression: 'version, sealedFor',
      ConsistentRead: true,
    },
  )
  for await (const { Items = [] } of pages) versions.push(...Items)
  return versions
}
