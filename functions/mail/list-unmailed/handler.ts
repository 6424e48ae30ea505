import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { ListUnmailed } from './list-unmailed.ts'

export const listUnmailedHandler = (listUnmailed: ListUnmailed, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.listUnmailed, options, async ({ pathParameters: { session = '' }, query }) => {
    const answer = await listUnmailed(session, query.after, query.correction)
    switch (answer.outcome) {
      case 'listed': {
        const { recipients, next } = answer
        return { status: 200, body: { recipients, ...(next !== undefined && { next }) } }
      }
      case 'no-such-release':
        return problem('no-such-release')
    }
  })
