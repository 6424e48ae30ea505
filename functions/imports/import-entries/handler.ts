import { importOfObjectKey, objectCreated } from '../../../shared/contracts/messages.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type QueueFunction, queueHandler } from '../../../shared/lambda/queue.ts'
import type { ImportEntries } from './import-entries.ts'

export const importEntriesHandler = (importEntries: ImportEntries, log: Log = createLog()): QueueFunction =>
  queueHandler(
    objectCreated,
    async ({ detail: { object } }) => {
      const importId = importOfObjectKey('entries', object.key)
      if (importId === undefined) return log.warn('not an import file', { kind: 'entries' })
      const version = object['version-id']
      const done = await importEntries({ importId, ...(version !== undefined && { version }) })
      switch (done.outcome) {
        case 'applied':
        case 'refused':
          return log.info(`import ${done.outcome}`, {
            importId,
            kind: 'entries',
            rows: done.rows,
            count: done.errorCount,
          })
        case 'already-ended':
        case 'unknown-import':
          return log.warn('import file passed over', { importId, kind: 'entries', reason: done.outcome })
      }
    },
    { log },
  )
