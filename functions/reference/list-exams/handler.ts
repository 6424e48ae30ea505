import { operations } from '../../../shared/contracts/http.ts'
import { catalogue } from '../../../shared/domain/catalogue.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'

/** The catalogue is the same in every language: the names of exams are not translated (R56). */
export const listExamsHandler = (options: ChainOptions): HttpFunction =>
  httpHandler(operations.listExams, options, () => ({ status: 200, body: { exams: catalogue } }))
