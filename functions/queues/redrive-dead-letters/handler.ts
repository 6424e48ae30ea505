import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { RedriveDeadLetters } from './redrive-dead-letters.ts'

export const redriveDeadLettersHandler = (redrive: RedriveDeadLetters, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.redriveDeadLetters, options, async ({ body, caller }) => {
    const done = await redrive({ queue: body.queue, by: caller })
    switch (done.outcome) {
      case 'redriven':
        return { status: 200, body: { queues: done.queues } }
      case 'no-such-queue':
        return problem('malformed-request', { fields: [{ path: 'queue', code: 'not-in-list' }] })
    }
  })
