import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { dynamoRefusals } from '../../../shared/adapters/dynamo/audit.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'

let tables: TestTables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables?.stop())

const refusal = {
  subject: 'refused',
  at: epochMilliseconds(Date.parse('2026-12-01T09:00:00Z')),
  id: 'release/hold-release/forbidden/root',
  by: 'root',
  action: 'operation-refused',
  details: { operation: 'release/hold-release', reason: 'forbidden', firstAt: '2026-12-01T09:12:00.000Z' },
}

test('a refusal is written once, by the first process, and each process tries once', async () => {
  const { client, tableNames } = tables
  let asked = 0
  const counting = new Proxy(client, {
    get: (target, name) => {
      if (name === 'send') asked++
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const one = dynamoRefusals(counting, tableNames.audit)
  await one.note(refusal)
  await one.note({ ...refusal, details: { ...refusal.details, firstAt: 'later' } })
  expect(asked).toBe(1)
  await dynamoRefusals(client, tableNames.audit).note({ ...refusal, details: { ...refusal.details, firstAt: 'later' } })
  const { Items } = await client.send(
    new QueryCommand({
      TableName: tableNames.audit,
      KeyConditionExpression: 'subject = :subject',
      ExpressionAttributeValues: { ':subject': 'refused' },
    }),
  )
  expect(Items).toEqual([
    {
      ...{ subject: 'refused', entry: '2026-12-01T09:00:00.000Z#release/hold-release/forbidden/root' },
      ...{ by: 'root', action: 'operation-refused', details: refusal.details },
    },
  ])
})
