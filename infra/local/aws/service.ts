import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LocalPrincipal } from '../types.ts'
import type { AwsFault } from './aws-fault.ts'

/** One request of a known caller. */
export interface ServiceCall {
  readonly principal: LocalPrincipal
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Of the request; only path and query mean something. */
  readonly url: URL
}

/** One AWS service behind the endpoint, speaking its own wire protocol. */
export interface Service {
  /** Answers the call, or throws AwsFault before anything was written. */
  handle(call: ServiceCall): Promise<void>
  /** Answers a fault in the form in which this service's SDK client expects it. */
  refuse(response: ServerResponse, fault: AwsFault): void
  /** What this service calls an access key that nobody has. */
  readonly unknownCaller: string
}

/** One operation of a service: gets the input as it came over the wire and answers the output. */
type Operation = (input: never, caller: LocalPrincipal) => unknown
export type Operations = Readonly<Record<string, Operation>>

/** Checks that the caller may do what the input asks for. Throws AwsFault. */
export type Authorize = (service: string, operation: string, input: unknown, caller: LocalPrincipal) => void
