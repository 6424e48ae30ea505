import { type ImportKind, importOfObjectKey, objectCreated } from '../contracts/messages.ts'
import type { ImportOutcome, PutFile, TimeLimit } from '../protocols/import-file.ts'
import { createLog, type Log } from './logger.ts'
import { type QueueFunction, queueHandler } from './queue.ts'

/** The edge of every importer: a file of its kind that was put in the bucket goes to the use case. */
export const importFileHandler = (
  kind: ImportKind,
  importFile: (file: PutFile, limit: TimeLimit) => Promise<ImportOutcome>,
  log: Log = createLog(),
): QueueFunction =>
  queueHandler(
    objectCreated,
    async ({ detail: { object } }, limit) => {
      const importId = importOfObjectKey(kind, object.key)
      if (importId === undefined) return log.warn('not an import file', { kind })
      const version = object['version-id']
      const done = await importFile({ importId, ...(version !== undefined && { version }) }, limit)
      switch (done.outcome) {
        case 'applied':
        case 'refused':
          return log.info(`import ${done.outcome}`, { importId, kind, rows: done.rows, count: done.errorCount })
        case 'handed-on':
          return log.info('import handed on', { importId, kind, reason: done.because })
        case 'already-ended':
        case 'unknown-import':
          return log.warn('import file passed over', { importId, kind, reason: done.outcome })
      }
    },
    { log },
  )
