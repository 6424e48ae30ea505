import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import { anyCredentials } from '../../infra/local/dynamodb/dynamodb-tables.ts'
import { fromBatchItem } from '../../shared/adapters/dynamo/email-batch-item.ts'
import type { Account } from '../../shared/domain/account.ts'
import { deliveryStatusOf } from '../../shared/domain/delivery-status.ts'
import { batchPrefix, type Delivery } from '../../shared/domain/email-batch.ts'
import { sessionShardOf } from '../../shared/domain/identifiers.ts'

/** Direct access to DynamoDB, bypassing the service. */
export interface RehearsalTables {
  /** Writes accounts directly. */
  seed(accounts: readonly Account[]): Promise<void>
  /** Every planned result mail: the service's row, merged with the feedback received since. */
  deliveries(releaseId: string): Promise<readonly Delivery[]>
  close(): void
}

const rowsPerCall = 25
const concurrency = 8

export const rehearsalTables = async (endpoint: string, region: string): Promise<RehearsalTables> => {
  const engine = new DynamoDBClient({ endpoint, region, credentials: anyCredentials })
  const client = DynamoDBDocumentClient.from(engine, { marshallOptions: { removeUndefinedValues: true } })
  const { TableNames = [] } = await engine.send(new ListTablesCommand({}))
  const named = (suffix: string): string => {
    const found = TableNames.find((name) => name.toLowerCase().includes(suffix))
    if (!found) throw new Error(`DynamoDB has no table for ${suffix}`)
    return found
  }
  const [accountsTable, deliveriesTable] = [named('accounts'), named('deliveries')]

  const put = async (accounts: readonly Account[]) => {
    let items = accounts.map((account) => ({
      PutRequest: { Item: { ...account, sessionShard: sessionShardOf(account.session, account.idNumber) } },
    }))
    while (items.length > 0) {
      const { UnprocessedItems = {} } = await client.send(
        new BatchWriteCommand({ RequestItems: { [accountsTable]: items } }),
      )
      items = (UnprocessedItems[accountsTable] ?? []) as typeof items
      if (items.length > 0) await sleep(50)
    }
  }
  return {
    async seed(accounts) {
      const calls = Array.from({ length: Math.ceil(accounts.length / rowsPerCall) }, (_, call) =>
        accounts.slice(call * rowsPerCall, (call + 1) * rowsPerCall),
      )
      const work = async () => {
        for (let call = calls.pop(); call; call = calls.pop()) await put(call)
      }
      await Promise.all(Array.from({ length: concurrency }, work))
    },
    async deliveries(releaseId) {
      const found: Delivery[] = []
      const pages = paginateScan(
        { client },
        {
          TableName: deliveriesTable,
          ConsistentRead: true,
          FilterExpression: 'begins_with(#item, :batch) AND releaseId = :release',
          ExpressionAttributeNames: { '#item': 'item' },
          ExpressionAttributeValues: { ':batch': batchPrefix, ':release': releaseId },
        },
      )
      for await (const { Items = [] } of pages) found.push(...Items.flatMap(standingsIn))
      return found
    },
    close: () => engine.destroy(),
  }
}

const standingsIn = (row: Record<string, unknown>): readonly Delivery[] => {
  const { deliveries, feedback } = fromBatchItem(row)
  return deliveries.map(({ idNumber, ...delivery }, position) => ({
    idNumber,
    ...deliveryStatusOf(delivery, position, feedback),
  }))
}
