import { type AnsweringFunctions } from '../constructs/http-routes.ts'
import { serviceFunction } from '../constructs/service-function.ts'
import type { ApiParts } from './api-parts.ts'

/** Public functions that need no table. */
export const referenceFunctions = ({ stack, parts, originSecret: ORIGIN_SECRET }: ApiParts) =>
  ({
    'reference/list-exams': serviceFunction(stack, 'reference/list-exams', parts, {
      tables: {},
      environment: { ORIGIN_SECRET },
      whenFailing: 'The page about the exams stays empty.',
    }),
    'reference/list-countries': serviceFunction(stack, 'reference/list-countries', parts, {
      tables: {},
      environment: { ORIGIN_SECRET },
      whenFailing: 'The registration form has no list of countries.',
    }),
    'reference/list-languages': serviceFunction(stack, 'reference/list-languages', parts, {
      tables: {},
      environment: { ORIGIN_SECRET },
      whenFailing: 'The registration form has no list of languages.',
    }),
    'reference/health': serviceFunction(stack, 'reference/health', parts, {
      tables: {},
      environment: {},
      whenFailing: 'Candidates notice nothing; external monitoring reports the service as down.',
    }),
  }) satisfies Partial<AnsweringFunctions>

/** Answers routes that the contract does not have. */
export const answerUnknownPath = ({ stack, parts }: ApiParts) =>
  serviceFunction(stack, 'reference/answer-unknown-path', parts, {
    tables: {},
    environment: {},
    whenFailing: 'Mistyped addresses get a bare error instead of an explanation.',
  })
