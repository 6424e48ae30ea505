import { importFileHandler } from '../../../shared/lambda/import-file.ts'
import type { Log } from '../../../shared/lambda/logger.ts'
import type { QueueFunction } from '../../../shared/lambda/queue.ts'
import type { ImportEntries } from './import-entries.ts'

export const importEntriesHandler = (importEntries: ImportEntries, log?: Log): QueueFunction =>
  importFileHandler('entries', importEntries, log)
