import type { AnsweringFunctions } from '../constructs/http-routes.ts'
import { serviceFunction } from '../constructs/service-function.ts'
import type { ApiParts } from './api-parts.ts'

/** How an auditor sees who did what. */
export const auditFunctions = ({ stack, parts }: ApiParts) =>
  ({
    'audit/list-audit-entries': serviceFunction(stack, 'audit/list-audit-entries', parts, {
      tables: { audit: ['PutItem', 'Query'] },
      environment: {},
      whenFailing: 'Candidates notice nothing; nobody can see who did what.',
    }),
  }) satisfies Partial<AnsweringFunctions>
