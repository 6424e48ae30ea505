import { toEnvironment } from '../../shared/contracts/expected-results.ts'
import { type AnsweringFunctions } from '../constructs/http-routes.ts'
import { serviceFunction } from '../constructs/service-function.ts'
import type { ApiParts } from './api-parts.ts'

/** Table access for reading a candidate's own results, including session, releases and openings. */
export const readsOwnResults = {
  sessions: ['GetItem', 'UpdateItem'],
  accounts: ['GetItem'],
  entries: ['GetItem'],
  results: ['Query'],
  releases: ['BatchGetItem'],
  openings: ['BatchGetItem'],
} as const

/** A candidate's own results, as a list and as a PDF. */
export const resultsFunctions = ({ stack, parts, originSecret: ORIGIN_SECRET }: ApiParts) => {
  const { stage } = parts
  return {
    'results/list-results': serviceFunction(stack, 'results/list-results', parts, {
      tables: readsOwnResults,
      environment: { ORIGIN_SECRET, ...toEnvironment(stage.expectedResults) },
      whenFailing: 'Candidates who are logged in do not see their results.',
    }),
    'results/show-statement': serviceFunction(stack, 'results/show-statement', parts, {
      tables: { ...readsOwnResults, centres: ['GetItem'] },
      environment: {
        ORIGIN_SECRET,
        SERVICE_NAME: stage.serviceName,
        ...toEnvironment(stage.expectedResults),
      },
      whenFailing: 'Candidates see their results on the page but cannot download their statement.',
      // A statement takes a tenth of a second of a whole core.
      memory: 1769,
    }),
  } satisfies Partial<AnsweringFunctions>
}
