import type { TestTables } from './dynamodb.ts'
import { engineOf, throughEngine } from './own-client.ts'

/**
 * The same tables through a client whose every request is applied, loses its answer, and is sent again by the SDK: the
 * very same request, with the token that a transaction has, as its retries do it.
 */
export const withLostAnswers = (tables: TestTables): TestTables => {
  const engine = engineOf(tables)
  engine.middlewareStack.add(
    (next) => async (request) => {
      await next(request).catch(() => undefined)
      return next(request)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'lostAnswers' },
  )
  return throughEngine(tables, engine)
}
