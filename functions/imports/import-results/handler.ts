import { importOfObjectKey, objectCreated } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { ImportResults } from './import-results.ts'

export const importResultsHandler = (importResults: ImportResults, log: Log = createLog()): QueueFunction =>
  queueHandler(
    objectCreated,
    async ({ detail: { object } }) => {
      const importId = importOfObjectKey('results', object.key)
      if (importId === undefined) return log.warn('not an import file', { kind: 'results' })
      const version = object['version-id']
      const done = await importResults({ importId, ...(version !== undefined && { version }) })
      switch (done.outcome) {
        case 'applied':
        case 'refused':
          return log.info(`import ${done.outcome}`, {
            importId,
            kind: 'results',
            rows: done.rows,
            count: done.errorCount,
          })
        case 'already-ended':
        case 'unknown-import':
          return log.warn('import file passed over', { importId, kind: 'results', reason: done.outcome })
      }
    },
    { log },
  )
