import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AwsEndpoint } from './aws/index.ts'
import type { MovableClock } from './clock.ts'
import { clockRequests } from './clock-requests.ts'

/** Handles paths that only the local run has; returns false for any other path. */
export type ControlRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/** `/clock`, `/mailbox`, `/mailbox/<id>` and `/mailbox.json`; `/events.json` and `/access.json` for tests and debugging. */
export const controlRoutes = (clock: MovableClock, aws: AwsEndpoint): ControlRoutes => {
  const answerClock = clockRequests(clock)
  const lists: Readonly<Record<string, () => unknown>> = {
    '/events.json': () => aws.events(),
    '/access.json': () => ({
      calls: aws.access.calls(),
      denials: aws.access.denials(),
      grants: aws.access.grants(),
    }),
  }
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?')
    const list = lists[path]
    if (path === '/clock') await answerClock(request, response)
    else if (path === '/mailbox.json' || path === '/mailbox' || path.startsWith('/mailbox/')) {
      aws.mailbox(request, response)
    } else if (list) {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(list()))
    } else return false
    return true
  }
}
