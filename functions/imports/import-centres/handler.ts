import { importFileHandler } from '../../../shared/lambda/import-file.ts'
import type { Log } from '../../../shared/lambda/logger.ts'
import type { QueueFunction } from '../../../shared/lambda/queue.ts'
import type { ImportCentres } from './import-centres.ts'

export const importCentresHandler = (importCentres: ImportCentres, log?: Log): QueueFunction =>
  importFileHandler('centres', importCentres, log)
