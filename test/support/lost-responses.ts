import { dedicatedClient, throughClient } from './dedicated-client.ts'
import type { TestTables } from './dynamodb.ts'

/**
 * The same tables through a client whose every request is applied, loses its answer, and is sent again by the SDK: the
 * very same request, with the token that a transaction has, as its retries do it.
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
