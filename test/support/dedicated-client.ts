import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { anyCredentials } from '../../infra/local/dynamodb/dynamodb-tables.ts'
import type { TestTables } from './dynamodb.ts'

/** The same tables through a dedicated client, which can queue thousands of calls without a warning. */
export const withDedicatedClient = (tables: TestTables): TestTables =>
  throughClient(tables, dedicatedClient(tables, { requestHandler: { socketAcquisitionWarningTimeout: 3_600_000 } }))

/** A dedicated client of the tables' engine. */
export const dedicatedClient = ({ endpoint }: TestTables, config: DynamoDBClientConfig = {}): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: anyCredentials, ...config })

/** The same tables through this client, which ends with them. */
export const throughClient = (tables: TestTables, engine: DynamoDBClient): TestTables => ({
  ...tables,
  client: DynamoDBDocumentClient.from(engine, { marshallOptions: { removeUndefinedValues: true } }),
  async stop() {
    engine.destroy()
    await tables.stop()
  },
})
