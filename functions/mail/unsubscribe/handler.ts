import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { Unsubscribe } from './unsubscribe.ts'

export const unsubscribeHandler = (unsubscribe: Unsubscribe, options: ChainOptions): HttpFunction =>
  httpHandler(operations.unsubscribe, options, async ({ query: { token = '' } }) => {
    const { outcome } = await unsubscribe(token)
    switch (outcome) {
      case 'unsubscribed':
        return { status: 200, body: {} }
      case 'no-such-token':
        return problem('link-expired')
    }
  })
