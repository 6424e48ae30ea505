import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { anyCredentials } from '../../infra/local/dynamodb/dynamodb-tables.ts'
import type { TestTables } from './dynamodb.ts'

/**
 * The same tables through a client whose every request is applied, loses its answer, and is sent again by the SDK: the
 * very same request, with the token that a transaction has, as its retries do it.
 */
export const withLostAnswers = (tables: TestTables): TestTables => {
  const engine = new DynamoDBClient({ endpoint: tables.endpoint, region: 'eu-west-1', credentials: anyCredentials })
  engine.middlewareStack.add(
    (next) => async (request) => {
      await next(request).catch(() => undefined)
      return next(request)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'lostAnswers' },
  )
  return {
    ...tables,
    client: DynamoDBDocumentClient.from(engine, { marshallOptions: { removeUndefinedValues: true } }),
    async stop() {
      engine.destroy()
      await tables.stop()
    },
  }
}
