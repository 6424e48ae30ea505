import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { loadAssembly } from '../../../../infra/local/assembly/assembly.ts'
import { type DynamoDbLocal, startDynamoDbLocal } from '../../../../infra/local/dynamodb/dynamodb.ts'
import { anyCredentials, createAssemblyTables } from '../../../../infra/local/dynamodb/dynamodb-tables.ts'
import { type StreamsOptions, startStreams } from '../../../../infra/local/streams/streams.ts'
import { handMadeAssembly, handMadeFunction } from '../../../support/hand-made-assembly.ts'
import { eventually } from '../../../support/local-service.ts'

let engine: DynamoDbLocal
let client: DynamoDBDocumentClient
let tables = 0
const cleanUp: (() => unknown)[] = []

beforeAll(async () => {
  engine = await startDynamoDbLocal()
  client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: engine.url, region: 'eu-west-1', credentials: anyCredentials }),
  )
})
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})
afterAll(async () => {
  client.destroy()
  await engine.stop()
})

const assemblyOf = async (table: string, mapping: object) => {
  const folder = handMadeAssembly({
    one: {
      Resources: {
        Rows: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            TableName: table,
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
            StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
          },
        },
        Teller: handMadeFunction('teller'),
        Failed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Rows', 'StreamArn'] },
            FunctionName: { Ref: 'Teller' },
            BatchSize: 10,
            ...mapping,
          },
        },
      },
    },
  })
  cleanUp.push(() => rmSync(folder, { recursive: true }))
  const assembly = loadAssembly(folder, { awsUrl: 'http://127.0.0.1:1', generatedSecret: String })
  await createAssemblyTables(assembly, engine.url)
  return assembly
}

interface Delivered {
  readonly eventName: string
  readonly eventSource: string
  readonly eventSourceARN: string
  readonly dynamodb: { readonly Keys: object; readonly NewImage?: Record<string, { S?: string; B?: string }> }
}

/** Maps a table of its own to a function that gets `seen`; gives back what puts a row. */
const start = async (mapping: object = {}, more: Partial<StreamsOptions> & { table?: string } = {}) => {
  const table = more.table ?? `rows-${tables++}`
  const assembly = await assemblyOf(table, mapping)
  const seen: Delivered[] = []
  const messages: [string, string][] = []
  const streams = startStreams({
    assembly,
    clock: { now: () => Date.parse('2031-01-01T00:00:00Z'), at: () => () => {} },
    invoke: async (_, event) => {
      seen.push(...(event as { Records: Delivered[] }).Records)
      return { ok: true, payload: null }
    },
    principalOf: () => ({ name: 'teller', roleArn: 'role' }),
    isAllowed: () => true,
    sendMessage: (...message) => messages.push(message),
    dynamoDbUrl: engine.url,
    log: () => {},
    ...more,
  })
  cleanUp.push(() => streams.stop())
  const put = (id: string, attributes: object = {}) =>
    client.send(new PutCommand({ TableName: table, Item: { id, ...attributes } }))
  return { seen, messages, put, table, stop: () => streams.stop() }
}

describe('changes of a table', () => {
  test('reach the mapped function in Lambda’s format', async () => {
    const { seen, put } = await start()
    await put('a', { text: 'hello', bytes: new Uint8Array([0, 1, 2]) })
    await eventually('the record', async () => seen.length === 1)
    expect(seen[0]).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: expect.stringMatching(/^arn:aws:dynamodb:eu-west-1:000000000000:table\/rows-\d+\/stream\//),
      awsRegion: 'eu-west-1',
      dynamodb: {
        ApproximateCreationDateTime: Date.parse('2031-01-01T00:00:00Z') / 1_000,
        Keys: { id: { S: 'a' } },
        NewImage: { id: { S: 'a' }, text: { S: 'hello' }, bytes: { B: 'AAEC' } },
        SequenceNumber: expect.any(String),
      },
    })
  })

  test('of one item arrive in order, even with concurrent batches', async () => {
    const { seen, put } = await start({ ParallelizationFactor: 4 })
    for (let n = 0; n < 30; n++) await put(`id-${n % 3}`, { text: String(n) })
    await eventually('all records', async () => seen.length === 30)
    for (const id of ['id-0', 'id-1', 'id-2']) {
      const told = seen.map(({ dynamodb }) => dynamodb.NewImage).filter((image) => image?.id?.S === id)
      const numbers = told.map((image) => Number(image?.text?.S))
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    }
  })

  test('excluded by the filter are not delivered', async () => {
    const { seen, put, table } = await start({ FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] } })
    await put('a')
    await put('a', { text: 'changed' })
    await client.send(new DeleteCommand({ TableName: table, Key: { id: 'a' } }))
    await put('b')
    await eventually('the second row', async () => seen.length === 2)
    expect(seen.map(({ dynamodb }) => dynamodb.Keys)).toEqual([{ id: { S: 'a' } }, { id: { S: 'b' } }])
  })

  test('that fail permanently go to the failure destination, and the others continue', async () => {
    const handled: string[] = []
    const { put, messages } = await start(
      {
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } },
      },
      {
        invoke: async (_, event) => {
          const ids = (event as { Records: Delivered[] }).Records.map(({ dynamodb }) => dynamodb.NewImage?.id?.S ?? '')
          if (ids.includes('bad')) return { ok: false, errorType: 'Error', errorMessage: 'bad' }
          handled.push(...ids)
          return { ok: true, payload: null }
        },
      },
    )
    for (const id of ['a', 'bad', 'b']) await put(id)
    await eventually('the others', async () => handled.length === 2 && messages.length === 1)
    const [queue, body] = messages[0] ?? ['', '']
    expect(queue).toBe('arn:aws:sqs:eu-west-1:000000000000:failed')
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      DDBStreamBatchInfo: { batchSize: 1, shardId: expect.any(String), startSequenceNumber: expect.any(String) },
    })
    expect(body).not.toContain('bad"')
  })

  test('are not read for a role without permission', async () => {
    const lines: string[] = []
    const { seen, put } = await start(
      {},
      { isAllowed: (_, action) => action !== 'dynamodb:GetRecords', log: (line) => lines.push(line) },
    )
    await put('a')
    await eventually('the refusal', async () => lines[0]?.includes('does not allow dynamodb:GetRecords'))
    expect(seen).toEqual([])
  })

  test('delivered before a restart are not delivered again with a data folder', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'streams-'))
    cleanUp.push(() => rmSync(dataDir, { recursive: true }))
    const first = await start({}, { dataDir })
    await first.put('a')
    await eventually('the first record', async () => first.seen.length === 1)
    await first.stop()
    await first.put('b')
    const second = await start({}, { dataDir, table: first.table })
    await eventually('the second record', async () => second.seen.length === 1)
    expect(second.seen[0]?.dynamodb.Keys).toEqual({ id: { S: 'b' } })
  })
})
