import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient, ListBackupsCommand } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startTables, type TestTables } from '../../../support/dynamodb.ts'
import { allow, arn, role, startRun, type TestRun } from './support.ts'

let tables: TestTables
let run: TestRun
let client: DynamoDBDocumentClient
let accounts: string
let releases: string

const tableArn = (name: string) => arn('dynamodb', `table/${name}`)

beforeAll(async () => {
  tables = await startTables()
  accounts = tables.tableNames.accounts
  releases = tables.tableNames.releases
  const actions = ['GetItem', 'PutItem', 'UpdateItem', 'BatchGetItem', 'ConditionCheckItem'].map(
    (action) => `dynamodb:${action}`,
  )
  const caller = role(
    'caller',
    allow(actions, tableArn(accounts)),
    allow('dynamodb:Query', `${tableArn(accounts)}/index/bySession`),
    allow('dynamodb:GetItem', tableArn(releases)),
  )
  run = await startRun([caller], { dynamoDbUrl: tables.endpoint })
  client = DynamoDBDocumentClient.from(new DynamoDBClient(run.client))
})
afterAll(async () => {
  client?.destroy()
  await run?.stop()
  await tables?.stop()
})

const nameOf = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: Error) => error.name,
  )

describe('DynamoDB behind the endpoint', () => {
  test('an allowed call reaches DynamoDB, and its response is returned', async () => {
    await client.send(new PutCommand({ TableName: accounts, Item: { idNumber: 'A1', email: 'ä@example.org' } }))
    const { Item } = await client.send(new GetCommand({ TableName: accounts, Key: { idNumber: 'A1' } }))
    expect(Item).toEqual({ idNumber: 'A1', email: 'ä@example.org' })
  })

  test('a failed condition returns the old item', async () => {
    await client.send(new PutCommand({ TableName: accounts, Item: { idNumber: 'A2', email: 'old' } }))
    const failing = client.send(
      new PutCommand({
        TableName: accounts,
        Item: { idNumber: 'A2' },
        ConditionExpression: 'attribute_not_exists(idNumber)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    )
    await expect(failing).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { idNumber: { S: 'A2' }, email: { S: 'old' } },
    })
  })

  test('a transaction needs the actions of its parts, and its failure names them', async () => {
    const check = (key: string) => ({
      ConditionCheck: {
        TableName: accounts,
        Key: { idNumber: key },
        ConditionExpression: 'attribute_exists(idNumber)',
      },
    })
    const put = { Put: { TableName: accounts, Item: { idNumber: 'A3' } } }
    await expect(client.send(new TransactWriteCommand({ TransactItems: [check('none'), put] }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }],
    })
    const withDelete = [put, { Delete: { TableName: accounts, Key: { idNumber: 'A4' } } }]
    await expect(client.send(new TransactWriteCommand({ TransactItems: withDelete }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `not authorized to perform: dynamodb:DeleteItem on resource: ${tableArn(accounts)}`,
      ),
    })
  })

  test('an index is a separate resource', async () => {
    const query = (IndexName?: string) =>
      client.send(
        new QueryCommand({
          TableName: accounts,
          ...(IndexName && { IndexName }),
          KeyConditionExpression: '#key = :value',
          ExpressionAttributeNames: { '#key': IndexName ? 'sessionShard' : 'idNumber' },
          ExpressionAttributeValues: { ':value': 'x' },
        }),
      )
    await expect(query('bySession')).resolves.toMatchObject({ Count: 0 })
    await expect(query()).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })

  test('a batch needs its action on every table it touches', async () => {
    const keys = { Keys: [{ idNumber: 'A1' }] }
    await expect(client.send(new BatchGetCommand({ RequestItems: { [accounts]: keys } }))).resolves.toMatchObject({
      Responses: { [accounts]: [{ idNumber: 'A1' }] },
    })
    const both = { [accounts]: keys, [releases]: { Keys: [{ session: 's' }] } }
    expect(await nameOf(client.send(new BatchGetCommand({ RequestItems: both })))).toBe('AccessDeniedException')
    const writes = { [accounts]: [{ PutRequest: { Item: { idNumber: 'A5' } } }] }
    expect(await nameOf(client.send(new BatchWriteCommand({ RequestItems: writes })))).toBe('AccessDeniedException')
  })

  test('a denied write never reaches DynamoDB', async () => {
    const denied = client.send(new PutCommand({ TableName: releases, Item: { session: 'forbidden' } }))
    await expect(denied).rejects.toThrow(
      `User: arn:aws:sts::000000000000:assumed-role/caller/test/caller is not authorized to perform: dynamodb:PutItem on resource: ${tableArn(releases)}`,
    )
    const { Item } = await client.send(new GetCommand({ TableName: releases, Key: { session: 'forbidden' } }))
    expect(Item).toBeUndefined()
  })

  test('every call is recorded once, with its caller', async () => {
    const update = {
      TableName: accounts,
      Key: { idNumber: 'A6' },
      UpdateExpression: 'ADD tries :one',
      ExpressionAttributeValues: { ':one': 1 },
    }
    for (let time = 0; time < 3; time += 1) await client.send(new UpdateCommand(update))
    const updates = run.aws.access.calls().filter(({ action }) => action === 'dynamodb:UpdateItem')
    expect(updates).toMatchObject([{ principal: 'test/caller', resource: tableArn(accounts) }])
  })

  test('a large item and a hundred concurrent calls are passed on unchanged', async () => {
    const text = 'ü'.repeat(150_000)
    await client.send(new PutCommand({ TableName: accounts, Item: { idNumber: 'A7', text } }))
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => client.send(new GetCommand({ TableName: accounts, Key: { idNumber: 'A7' } }))),
    )
    expect(answers.every(({ Item }) => Item?.text === text)).toBe(true)
  })
})

describe('calls that fail', () => {
  test('an unknown access key', async () => {
    const stranger = new DynamoDBClient({
      ...run.client,
      credentials: { accessKeyId: 'stranger', secretAccessKey: 'x' },
    })
    const call = DynamoDBDocumentClient.from(stranger).send(
      new GetCommand({ TableName: accounts, Key: { idNumber: 'A1' } }),
    )
    await expect(call).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      $metadata: { httpStatusCode: 403 },
    })
  })

  test('an unsupported operation', async () => {
    await expect(new DynamoDBClient(run.client).send(new ListBackupsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListBackups'),
    })
  })

  test('a broken connection to DynamoDB is a server error, not a hang', async () => {
    const broken: Server = createServer((request) => request.socket.destroy())
    await new Promise<void>((resolve) => {
      broken.listen(0, '127.0.0.1', resolve)
    })
    const dynamoDbUrl = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`
    const other = await startRun([role('caller', allow('dynamodb:GetItem', '*'))], { dynamoDbUrl })
    const call = new DynamoDBClient(other.client)
    const get = DynamoDBDocumentClient.from(call).send(new GetCommand({ TableName: 't', Key: { k: '1' } }))
    await expect(get).rejects.toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500 } })
    await other.stop()
    broken.close()
  })
})
