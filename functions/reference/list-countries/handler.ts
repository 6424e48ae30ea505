import { operations } from '../../../shared/contracts/http.ts'
import { preferredLanguage } from '../../../shared/domain/language.ts'
import { countryCodes } from '../../../shared/domain/reference-lists.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { referenceOptions } from '../reference-options.ts'

/** Where a candidate may be from, as registration takes it (R07). */
export const listCountriesHandler = (options: ChainOptions): HttpFunction =>
  httpHandler(operations.listCountries, options, ({ query, headers }) => ({
    status: 200,
    body: referenceOptions(countryCodes, 'region', preferredLanguage(query.lang, headers['accept-language'])),
  }))
