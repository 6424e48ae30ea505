import { Logger } from '@aws-lambda-powertools/logger'
import type { FaultFields } from './faults.ts'

/**
 * Everything a log line may carry beside its message. A closed list, so that no event, body, address, name, token,
 * number or result gets into a log by accident (G7).
 */
export interface LogFields extends Partial<FaultFields> {
  readonly requestId?: string
  readonly operation?: string
  readonly status?: number
  readonly code?: string
  readonly milliseconds?: number
  /** Of a queue's message or a stream's record. */
  readonly messageId?: string
  readonly eventId?: string
  readonly eventType?: string
  readonly releaseId?: string
  readonly session?: string
  readonly state?: string
  readonly shard?: number
  readonly lane?: number
  readonly scope?: string
  readonly wave?: string
  readonly importId?: string
  readonly kind?: string
  readonly rows?: number
  readonly count?: number
  readonly reason?: string
}

/** Writes one JSON line; keys that are not in `LogFields` are dropped even where a cast let them through. */
export interface Log {
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

const allowed = {
  errorName: true,
  errorCode: true,
  errorAt: true,
  errorCauses: true,
  errorMessage: true,
  requestId: true,
  operation: true,
  status: true,
  code: true,
  milliseconds: true,
  messageId: true,
  eventId: true,
  eventType: true,
  releaseId: true,
  session: true,
  state: true,
  shard: true,
  lane: true,
  scope: true,
  wave: true,
  importId: true,
  kind: true,
  rows: true,
  count: true,
  reason: true,
} as const satisfies Record<keyof LogFields, true>

const listedOnly = (fields: LogFields): LogFields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([key, value]) => Object.hasOwn(allowed, key) && (typeof value === 'string' || typeof value === 'number'),
    ),
  )

/** The functions' log, to standard output. */
export const createLog = (): Log => {
  const logger = new Logger({ serviceName: 'results-service' })
  return {
    info: (message, fields = {}) => logger.info(message, { ...listedOnly(fields) }),
    warn: (message, fields = {}) => logger.warn(message, { ...listedOnly(fields) }),
    error: (message, fields = {}) => logger.error(message, { ...listedOnly(fields) }),
  }
}
