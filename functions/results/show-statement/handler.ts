import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ShowStatement } from './show-statement.ts'

export const showStatementHandler = (showStatement: ShowStatement, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.showStatement, options, async ({ caller, pathParameters }) => {
    const { session = '' } = pathParameters
    const shown = await showStatement(caller, session)
    switch (shown.outcome) {
      case 'printed':
        return {
          status: 200,
          file: { name: `statement-of-results-${session}.pdf`, contentType: 'application/pdf', bytes: shown.pdf },
        }
      case 'no-such-result':
        return problem('no-such-result')
    }
  })
