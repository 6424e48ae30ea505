import { DeleteCommand, type DynamoDBDocumentClient, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb'
import type { CandidateRecords } from '../../ports/candidate-records.ts'
import { putAuditEntry } from './audit.ts'
import { outlastingTransactions, transact } from './transact.ts'

const itIsThere = 'attribute_exists(idNumber)'

export const dynamoCandidateRecords = (
  client: DynamoDBDocumentClient,
  tables: Readonly<Record<'entries' | 'accounts' | 'results' | 'audit', string>>,
): CandidateRecords => ({
  async remove(idNumber, audit) {
    const versions = paginateQuery(
      { client },
      {
        TableName: tables.results,
        KeyConditionExpression: 'idNumber = :idNumber',
        ExpressionAttributeValues: { ':idNumber': idNumber },
        ProjectionExpression: 'version',
        ConsistentRead: true,
      },
    )
    for await (const { Items = [] } of versions) {
      for (const { version } of Items) {
        const Key = { idNumber, version }
        await outlastingTransactions(() => client.send(new DeleteCommand({ TableName: tables.results, Key })))
      }
    }
    const Key = { idNumber }
    const written = await transact(client, [
      { Delete: { TableName: tables.entries, Key, ConditionExpression: itIsThere } },
      { Delete: { TableName: tables.accounts, Key } },
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
