import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { batchPrefix, type EmailBatch } from '../../domain/email-batch.ts'
import type { EpochMilliseconds } from '../../domain/time.ts'
import {
  type EmailLedger,
  type EmailObstacles,
  type EmailRemedies,
  type LedgerBatch,
  sentAgain,
} from '../../ports/email-ledger.ts'
import type { EmailPlan } from '../../ports/result-email-plans.ts'
import { putAuditEntry } from './audit.ts'
import { batchGet, maxKeys } from './batch-get.ts'
import { conditional } from './conditional.ts'
import { feedbackOf, fromBatchItem, outcomesIn, statesOf } from './email-batch-item.ts'
import { healthOf } from './email-feedback.ts'
import { planItem, progressItem } from './result-email-plans.ts'
import { sendRateKey } from './send-rate.ts'

/** Counts by the index of the deliveries table, which is a twentieth of it. */
export const dynamoEmailLedger = (client: DynamoDBDocumentClient, TableName: string): EmailLedger => ({
  async plan(releaseId) {
    const key = { scope: releaseId, item: planItem }
    const { Item } = await client.send(new GetCommand({ TableName, Key: key, ConsistentRead: true }))
    return Item as EmailPlan | undefined
  },
  async lane(scope) {
    const batches: LedgerBatch[] = []
    let isPlanned = false
    const pages = paginateQuery(
      { client },
      {
        TableName,
        IndexName: 'ledger',
        KeyConditionExpression: '#scope = :scope',
        ExpressionAttributeNames: { '#scope': 'scope' },
        ExpressionAttributeValues: { ':scope': scope },
      },
    )
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        if (item.item === progressItem) isPlanned = item.isDone === true
        if ((item.item as string).startsWith(batchPrefix)) batches.push(ledgerBatchOf(item))
      }
    }
    return { isPlanned, batches }
  },
  async batches(scope, items) {
    const found: EmailBatch[] = []
    for (let from = 0; from < items.length; from += maxKeys) {
      const keys = items.slice(from, from + maxKeys).map((item) => ({ scope, item }))
      const { [TableName]: rows = [] } = await batchGet(client, { [TableName]: { keys } })
      found.push(...rows.map(fromBatchItem))
    }
    return found
  },
})

const ledgerBatchOf = (item: Record<string, unknown>): LedgerBatch => ({
  item: item.item as string,
  outcomes: outcomesIn(item),
  feedback: feedbackOf(item),
  claimedAt: item.claimedAt as EpochMilliseconds | undefined,
})

const asItWasRead = 'revision = :seen'
const itIsStopped = 'contains(stopped, :id)'

export const dynamoEmailRemedies = (
  client: DynamoDBDocumentClient,
  tables: { readonly deliveries: string; readonly audit: string },
): EmailRemedies => ({
  async sendAgain(batch, positions) {
    const again = new Set(positions)
    const deliveries = batch.deliveries.map((delivery, position) =>
      again.has(position) ? { ...delivery, state: 'pending' as const, reason: sentAgain } : delivery,
    )
    const { states, reasons } = statesOf({ deliveries })
    const { outcome } = await conditional(() =>
      client.send(
        new UpdateCommand({
          TableName: tables.deliveries,
          Key: { scope: batch.scope, item: batch.item },
          UpdateExpression: 'SET revision = :next, states = :states, reasons = :reasons ADD sentAgain :again',
          ConditionExpression: asItWasRead,
          ExpressionAttributeValues: {
            ':seen': batch.revision,
            ':next': batch.revision + 1,
            ':states': states,
            ':reasons': reasons,
            ':again': again,
          },
        }),
      ),
    )
    return outcome === 'written' ? 'written' : 'lost'
  },
  async goOn(releaseId) {
    const { lookedAt, ...health } = await healthOf(client, tables.deliveries, releaseId)
    const sum = (name: keyof typeof health) => health[name] + lookedAt[name]
    await client.send(
      new UpdateCommand({
        TableName: tables.deliveries,
        Key: { scope: releaseId, item: planItem },
        UpdateExpression: 'SET lookedAt = :health',
        ExpressionAttributeValues: {
          ':health': { told: sum('told'), bounced: sum('bounced'), complained: sum('complained') },
        },
      }),
    )
    const { outcome } = await conditional(() =>
      client.send(
        new UpdateCommand({
          TableName: tables.deliveries,
          Key: sendRateKey,
          UpdateExpression: 'DELETE stopped :release',
          ConditionExpression: itIsStopped,
          ExpressionAttributeValues: { ':release': new Set([releaseId]), ':id': releaseId },
        }),
      ),
    )
    return outcome === 'written' ? 'went-on' : 'was-not-stopped'
  },
  async audit(entry) {
    await client.send(new PutCommand(putAuditEntry(tables.audit, entry).Put as never))
  },
})

export const dynamoEmailObstacles =
  (client: DynamoDBDocumentClient, TableName: string): EmailObstacles =>
  async (releaseId) => {
    const { Item = {} } = await client.send(new GetCommand({ TableName, Key: sendRateKey }))
    const { stopped, alarms } = Item as { stopped?: ReadonlySet<string>; alarms?: ReadonlySet<string> }
    return { isStopped: stopped?.has(releaseId) ?? false, alarms: [...(alarms ?? [])] }
  }
