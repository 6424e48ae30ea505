import { outboxRow } from '../../../shared/contracts/events.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type StreamFunction, streamHandler } from '../../../shared/lambda/stream.ts'
import type { PublishEvents } from './publish-events.ts'

export const publishEventsHandler = (publishEvents: PublishEvents, log: Log = createLog()): StreamFunction =>
  streamHandler(outboxRow, publishEvents, { log })
