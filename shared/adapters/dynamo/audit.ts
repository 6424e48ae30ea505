import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { AuditEntry } from '../../domain/audit.ts'
import { epochMilliseconds, toIso } from '../../domain/time.ts'
import type { AuditEntries, AuditTrail } from '../../ports/audit-trail.ts'
import type { Refusals } from '../../ports/refusals.ts'
import { conditional } from './conditional.ts'
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

const pageSize = 100

export const dynamoAuditEntries = (client: DynamoDBDocumentClient, tableName: string): AuditEntries => ({
  async page(subject, after) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: after === undefined ? 'subject = :subject' : 'subject = :subject AND entry > :after',
        ExpressionAttributeValues: { ':subject': subject, ...(after !== undefined && { ':after': after }) },
        ConsistentRead: true,
        Limit: pageSize,
      }),
    )
    return {
      entries: Items.map(entryOf),
      ...(LastEvaluatedKey && { next: String(LastEvaluatedKey.entry) }),
    }
  },
})

const entryOf = ({ subject, entry, by, action, details }: Record<string, unknown>): AuditEntry => {
  const [, at = '', id = ''] = /^([^#]*)#(.*)$/s.exec(String(entry)) ?? []
  return {
    ...{ subject: String(subject), at: epochMilliseconds(Date.parse(at)), id },
    ...{ by: String(by), action: String(action), details: details as AuditEntry['details'] },
  }
}

/** Lines that a process remembers having written; it asks the table again for older ones. */
const maxKnown = 1_000

/** Beside the trail of what was done. A process writes the same line once, so that a flood of refusals costs nothing more. */
export const dynamoRefusals = (client: DynamoDBDocumentClient, tableName: string): Refusals => {
  const trail = dynamoAuditTrail(client, tableName)
  const known = new Set<string>()
  return {
    async note(entry) {
      const key = `${entry.subject} ${entry.at} ${entry.id}`
      if (known.has(key)) return
      await conditional(() => trail.write(entry))
      if (known.size >= maxKnown) known.clear()
      known.add(key)
    },
  }
}
