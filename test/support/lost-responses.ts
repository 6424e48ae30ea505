import { dedicatedClient, throughClient } from './dedicated-client.ts'
import type { TestTables } from './dynamodb.ts'

/**
 * The same tables through a client that loses the response to every applied request, so that the SDK retries it: the
 * identical request, including the idempotency token of a transaction.
 */
export const withLostResponses = (tables: TestTables): TestTables => {
  const engine = dedicatedClient(tables)
  engine.middlewareStack.add(
    (next) => async (request) => {
      await next(request).catch(() => undefined)
      return next(request)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'lostAnswers' },
  )
  return throughClient(tables, engine)
}
