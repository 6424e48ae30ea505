import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'

export const healthHandler = (options: ChainOptions = {}): HttpFunction =>
  httpHandler(operations.health, options, () => ({ status: 200, body: { status: 'ok' } }))
