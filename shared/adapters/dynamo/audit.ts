import { type DynamoDBDocumentClient, PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb'
import type { AuditEntry } from '../../domain/audit.ts'
import { toIso } from '../../domain/time.ts'
import type { AuditTrail } from '../../ports/audit-trail.ts'
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
