import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import type { Register } from './register.ts'

/** As R14 has them. */
const lockMessage = 'Wrong secret number 3 times. Please try again in 30 minutes.'
const pauseMessage = 'Please contact your exam centre.'

export const registerHandler = (register: Register, options: ChainOptions): HttpFunction =>
  httpHandler(operations.register, options, async ({ body }) => {
    const answer = await register(body)
    switch (answer.outcome) {
      case 'registered':
        return { status: 201, body: {} }
      case 'malformed':
        return problem('malformed-request', { fields: answer.fields })
      case 'refused':
        return problem('incorrect-details')
      case 'already-registered':
        return problem('already-registered')
      case 'locked':
        return problem('secret-number-locked', { detail: lockMessage, lockedUntil: answer.lockedUntil })
      case 'paused':
        return problem('secret-number-locked', { detail: pauseMessage })
      case 'busy':
        return problem('try-again', { retryAfterSeconds: 1 })
    }
  })
