import { eventBridgeBus } from '../../../shared/adapters/eventbridge/event-bus.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { publishEventsHandler } from './handler.ts'
import { publishEvents } from './publish-events.ts'

const environment = readEnvironment('events/publish-events')

export const handler = publishEventsHandler(publishEvents({ bus: eventBridgeBus(environment.EVENT_BUS) }))
