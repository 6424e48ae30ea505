import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type DynamoDbLocal, startDynamoDbLocal } from '../../../../infra/local/dynamodb/dynamodb.ts'
import { startTables, type TestTables } from '../../../support/dynamodb.ts'

describe('DynamoDB Local for tests and the local run', () => {
  let tables: TestTables
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables.stop())

  test('stores items in a table of the contract', async () => {
    const item = { idNumber: 'AB123456', version: 1, sessionShard: '2026-11-b2-first-digital#00' }
    await tables.client.send(new PutCommand({ TableName: tables.tableNames.results, Item: item }))
    const { Item } = await tables.client.send(
      new GetCommand({ TableName: tables.tableNames.results, Key: { idNumber: 'AB123456', version: 1 } }),
    )
    expect(Item).toEqual(item)
  })

  test('finds it by the index of its session', async () => {
    const { Items } = await tables.client.send(
      new QueryCommand({
        TableName: tables.tableNames.results,
        IndexName: 'bySession',
        KeyConditionExpression: 'sessionShard = :shard',
        ExpressionAttributeValues: { ':shard': '2026-11-b2-first-digital#00' },
      }),
    )
    expect(Items).toHaveLength(1)
  })

  test('gives a second caller separate tables on the same engine', async () => {
    const others = await startTables()
    try {
      expect(others.endpoint).toBe(tables.endpoint)
      expect(others.tableNames.results).not.toBe(tables.tableNames.results)
    } finally {
      await others.stop()
    }
  })

  test('has exited once it is stopped', async () => {
    const own: DynamoDbLocal = await startDynamoDbLocal()
    await own.stop()
    await expect(fetch(own.url)).rejects.toThrow('fetch failed')
  })
})
