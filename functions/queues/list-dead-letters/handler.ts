import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import type { ListDeadLetters } from './list-dead-letters.ts'

export const listDeadLettersHandler = (listDeadLetters: ListDeadLetters, options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.listDeadLetters, options, async () => ({
    status: 200,
    body: { queues: await listDeadLetters() },
  }))
