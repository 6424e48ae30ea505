import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import type { CallFault, Faults } from '../faults.ts'
import { AwsFault } from './aws-fault.ts'
import type { Service, ServiceCall } from './service.ts'
import { targetOf } from './wire.ts'

/** Has a service handle a call as the faults will have it. */
export const disturbance =
  (faults: Pick<Faults, 'ofCall'>, kill: (sessionToken: string) => void) =>
  async (name: string, service: Service, call: ServiceCall): Promise<void> => {
    const { request, response, principal, url } = call
    const operation = targetOf(request) || (url.pathname.split('/').at(-1) ?? '')
    const fault = faults.ofCall({ caller: principal.name, service: name, operation })
    if (!fault) return service.handle(call)
    if (fault === 'throttled') throw new AwsFault('TooManyRequestsException', 'Maximum sending rate exceeded.', 429)
    if (isDone(fault)) await service.handle({ ...call, response: unheard(call) }).catch(() => {})
    if (isDeadly(fault)) kill(String(request.headers['x-amz-security-token'] ?? ''))
    response.destroy()
  }

const isDone = (fault: CallFault): boolean => fault === 'killed-after' || fault === 'lost-after'
const isDeadly = (fault: CallFault): boolean => fault === 'killed-before' || fault === 'killed-after'

/** An answer that reaches nobody, whatever becomes of it: the engine may be stopped in the middle of giving it. */
const unheard = ({ request }: ServiceCall): ServerResponse => {
  const nobody = new Writable({ write: (_chunk, _encoding, done) => done() })
  nobody.on('error', () => {})
  const response = new ServerResponse(request)
  response.assignSocket(nobody as unknown as Socket)
  return response
}
