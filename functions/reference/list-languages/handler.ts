import { operations } from '../../../shared/contracts/http.ts'
import { preferredLanguage } from '../../../shared/domain/language.ts'
import { languageCodes } from '../../../shared/domain/reference-lists.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { referenceOptions } from '../reference-options.ts'

/** What a candidate's first language may be, as registration takes it (R07). */
export const listLanguagesHandler = (options: ChainOptions): HttpFunction =>
  httpHandler(operations.listLanguages, options, ({ query, headers }) => ({
    status: 200,
    body: referenceOptions(languageCodes, 'language', preferredLanguage(query.lang, headers['accept-language'])),
  }))
