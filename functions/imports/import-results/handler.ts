import { importFileHandler } from '../../../shared/lambda/import-file.ts'
import type { Log } from '../../../shared/lambda/logger.ts'
import type { QueueFunction } from '../../../shared/lambda/queue.ts'
import type { ImportResults } from './import-results.ts'

export const importResultsHandler = (importResults: ImportResults, log?: Log): QueueFunction =>
  importFileHandler('results', importResults, log)
