import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import type { CallFault, Faults } from '../faults.ts'
import { AwsFault } from './aws-fault.ts'
import { targetOf } from './json-protocols.ts'
import type { Service, ServiceCall } from './service.ts'

/** Handles a call to a service with the fault, if any, that is injected into it. */
export const injectFaults =
  (faults: Pick<Faults, 'ofCall'>, kill: (sessionToken: string) => void) =>
  async (name: string, service: Service, call: ServiceCall): Promise<void> => {
    const { request, response, principal, url } = call
    const operation = targetOf(request) || (url.pathname.split('/').at(-1) ?? '')
    const fault = faults.ofCall({ caller: principal.name, service: name, operation })
    if (!fault) return service.handle(call)
    if (fault === 'throttled') throw new AwsFault('TooManyRequestsException', 'Maximum sending rate exceeded.', 429)
    if (isApplied(fault)) await service.handle({ ...call, response: discardedResponse(call) }).catch(() => {})
    if (isFatal(fault)) kill(String(request.headers['x-amz-security-token'] ?? ''))
    response.destroy()
  }

const isApplied = (fault: CallFault): boolean => fault === 'killed-after' || fault === 'lost-after'
const isFatal = (fault: CallFault): boolean => fault === 'killed-before' || fault === 'killed-after'

/** A response that is discarded, also if the engine is stopped while it is being written. */
const discardedResponse = ({ request }: ServiceCall): ServerResponse => {
  const nobody = new Writable({ write: (_chunk, _encoding, done) => done() })
  nobody.on('error', () => {})
  const response = new ServerResponse(request)
  response.assignSocket(nobody as unknown as Socket)
  return response
}
