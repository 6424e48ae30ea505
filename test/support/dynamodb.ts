import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CreateTableCommandInput, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { startDynamoDbLocal } from '../../infra/local/dynamodb/dynamodb.ts'
import { anyCredentials, createTable } from '../../infra/local/dynamodb/dynamodb-tables.ts'
import { type TableContract, type TableName, tables } from '../../shared/contracts/tables.ts'

/** Fresh, empty tables on a real engine. */
export interface TestTables {
  readonly client: DynamoDBDocumentClient
  readonly tableNames: Record<TableName, string>
  /** The engine's address, for a client of one's own. */
  readonly endpoint: string
  /** Drops the tables and closes the client; the engine goes on for the worker's next test file. */
  stop(): Promise<void>
}

/**
 * Creates every table of the contract under a unique name, on one DynamoDB Local per jest worker. TTL is off: the engine
 * uses the system clock and would remove items that have not expired by the test's clock.
 */
export const startTables = async (): Promise<TestTables> => {
  const endpoint = await engineOfThisWorker()
  const engine = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: anyCredentials })
  const run = randomUUID().slice(0, 8)
  const contracts = Object.entries<TableContract>(tables)
  const tableNames = Object.fromEntries(contracts.map(([name]) => [name, `${run}-${name}`])) as Record<
    TableName,
    string
  >
  for (const [name, contract] of contracts) {
    await createTable(engine, tableInput(`${run}-${name}`, contract))
  }
  return {
    client: DynamoDBDocumentClient.from(engine, { marshallOptions: { removeUndefinedValues: true } }),
    tableNames,
    endpoint,
    stop: async () => {
      for (const TableName of Object.values(tableNames)) await engine.send(new DeleteTableCommand({ TableName }))
      engine.destroy()
    },
  }
}

/**
 * jest gives every test file its own modules and globals, so the worker's engine is remembered in a file named by the
 * worker's process. The engine ends with that process (see `child-watchdog.ts`).
 */
const engineOfThisWorker = async (): Promise<string> => {
  const memo = join(tmpdir(), `results-service-dynamodb-${process.pid}`)
  const running = await readFile(memo, 'utf8').catch(() => '')
  if (running && (await answers(running))) return running
  const { url } = await startDynamoDbLocal()
  await forgetEnded()
  await writeFile(memo, url)
  return url
}

/** Removes what workers that are gone have left. */
const forgetEnded = async () => {
  for (const file of await readdir(tmpdir())) {
    const [, pid] = /^results-service-dynamodb-(\d+)$/.exec(file) ?? []
    if (pid && !isAlive(Number(pid))) await rm(join(tmpdir(), file), { force: true })
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  )

const tableInput = (TableName: string, contract: TableContract): CreateTableCommandInput => {
  const { partitionKey, sortKey, indexes = {} } = contract
  const indexKeys = Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey])
  const strings = new Set([partitionKey, ...indexKeys, ...(sortKey?.type === 'string' ? [sortKey.name] : [])])
  const numbers = sortKey?.type === 'number' ? [sortKey.name] : []
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      ...[...strings].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      ...numbers.map((AttributeName) => ({ AttributeName, AttributeType: 'N' as const })),
    ],
    KeySchema: keySchema(partitionKey, sortKey?.name),
    ...(contract.indexes && {
      GlobalSecondaryIndexes: Object.entries(contract.indexes).map(([IndexName, index]) => ({
        IndexName,
        KeySchema: keySchema(index.partitionKey, index.sortKey),
        Projection:
          index.include.length > 0
            ? { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.include] }
            : { ProjectionType: 'KEYS_ONLY' as const },
      })),
    }),
    ...(contract.stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }),
  }
}

const keySchema = (partition: string, sort: string | undefined) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' as const }] : []),
]
