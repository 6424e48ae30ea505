import { operations } from '../../../shared/contracts/http.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import type { ListResults } from '../../../shared/protocols/list-results.ts'
import { resultAnswer } from '../result-answer.ts'

export const listResultsHandler = (listResults: ListResults, options: ChainOptions<Account>): HttpFunction =>
  httpHandler(operations.listResults, options, async ({ caller }) => {
    const listed = await listResults(caller)
    return { status: 200, body: { results: listed.map(resultAnswer) } }
  })
