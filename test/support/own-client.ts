import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { TestTables } from './dynamodb.ts'

/** The same tables through a client of the test's own, which may queue thousands of calls without a warning. */
export const withOwnClient = (tables: TestTables): TestTables => {
  const engine = new DynamoDBClient({
    endpoint: tables.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { socketAcquisitionWarningTimeout: 3_600_000 },
  })
  return {
    ...tables,
    client: DynamoDBDocumentClient.from(engine, { marshallOptions: { removeUndefinedValues: true } }),
    async stop() {
      engine.destroy()
      await tables.stop()
    },
  }
}
