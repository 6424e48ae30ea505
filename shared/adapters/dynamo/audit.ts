import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb'
import type { AuditEntry } from '../../domain/audit.ts'
import { toIso } from '../../domain/time.ts'
import type { AuditTrail } from '../../ports/audit-trail.ts'
import type { TransactItems } from './transact.ts'

/** Part of the transaction that makes a change: writes down who made it. Lines of one subject lie in the order of time. */
export const putAuditEntry = (
  tableName: string,
  { subject, at, id, by, action, details }: AuditEntry,
): TransactItems[number] => ({
  Put: {
    TableName: tableName,
    Item: { subject, entry: `${toIso(at)}#${id}`, by, action, details },
    ConditionExpression: 'attribute_not_exists(subject)',
  },
})

/** Lines that stand for themselves. */
export const dynamoAuditTrail = (client: DynamoDBDocumentClient, tableName: string): AuditTrail => ({
  async write(entry) {
    await client.send(new PutCommand(putAuditEntry(tableName, entry).Put as PutCommandInput))
  },
})
